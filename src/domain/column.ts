/** A column of a kind of file, as the rules name it; the engine makes header, template and documents of it. */
export interface FileColumn<Name extends string = string> {
  readonly name: Name;
  /** Other headers that mean this column. */
  readonly synonyms?: readonly string[];
  /** A file without it is refused (S8). */
  readonly required?: boolean;
  readonly about: string;
  readonly example: string;
}
