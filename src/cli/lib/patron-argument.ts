import { Argument } from 'commander';

/** PATRON, as every command that works on one takes it. */
export const patronArgument = () =>
  new Argument('<patron>', 'id, username, barcode or externalid; “barcode:123” says which one is meant');
