import type { z } from 'zod';
import type { Note } from '../../contract/shared.ts';
import type { RowNote } from '../../domain/outcome.ts';
import { noteMessage } from '../../domain/row-notes.ts';

/** A note as the API shows it, with its sentence. */
export function noteAnswer(note: RowNote): z.output<typeof Note> {
  return {
    code: note.code,
    column: note.column ?? null,
    value: note.value ?? null,
    message: noteMessage(note),
    suggestion: note.suggestion ?? null,
  };
}
