/** A record or member as a plain bag of values, as the journal has it. */
export type Values = Readonly<Record<string, unknown>>;

/** What one run did to a record or member, all its entries taken together. */
export type DoneByRun =
  | { readonly action: 'created'; readonly after: Values }
  | { readonly action: 'updated' | 'inactivated'; readonly before: Values; readonly after: Values }
  | { readonly action: 'removed'; readonly before: Values };
