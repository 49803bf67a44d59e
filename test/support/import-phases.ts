/** The phases of an import that changes very many patrons' contacts, each with what a connection to PostgreSQL sends when it begins. */
export const importPhases: readonly { readonly phase: string; readonly sends: readonly string[] }[] = [
  { phase: 'while the file is stored', sends: ['insert into "delivery_chunk"'] },
  { phase: 'as the run begins', sends: ['"attempt" = "attempt" +'] },
  { phase: 'while the file is scanned', sends: ['select "seed", "context" from "fingerprint_set"'] },
  { phase: 'while changes are planned', sends: ['select "next_id" from "id_sequence"'] },
  { phase: 'while changes are written', sends: ['insert into "change"'] },
  { phase: 'while the report is written', sends: ['insert into "import_run_row"'] },
  { phase: 'as the run ends', sends: ['update "import_run" set "state" = $1, "counts"'] },
  { phase: 'as it is committed', sends: ['update "import_run" set "state" = $1, "counts"', 'commit'] },
];
