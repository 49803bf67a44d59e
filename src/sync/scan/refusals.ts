import { columnName } from './column-name.ts';
import { refuseFile, sizeWords } from './limits.ts';
import type { ScanLimits } from './limits.ts';

/** S6: bytes that no text file has. `nulAt` is where in the bytes at hand. */
export function refuseNul(row: number, nulAt: number): never {
  // A letter of a wide encoding is a byte and NULs, in one order or the other.
  const wide = row === 1 && nulAt < 4;
  refuseFile(
    wide
      ? 'Row 1 contains NUL bytes, as UTF-16 or UTF-32 without a byte order mark does. Save the file as UTF-8 and send it again.'
      : `Row ${row} contains a NUL byte, so this is not a text file or it is damaged. Make the file again and send it again.`,
    { row },
  );
}

/** S6: the end of the file lies inside quotes that opened in this cell. */
export function refuseOpenQuote(row: number, header: readonly string[], column: number): never {
  refuseFile(
    `The file ends inside a quoted cell that begins in row ${row}, ${columnName(header, column)}: its closing quote is missing, or the file was cut off. Mend the quote or send the whole file again.`,
    { row, column: header[column] },
  );
}

/** A cell beyond `cellBytesMax`. */
export function refuseCell(
  row: number,
  header: readonly string[],
  column: number,
  quoted: boolean,
  limits: ScanLimits,
): never {
  const toDo = quoted
    ? 'Look for a missing closing quote there, or shorten the cell.'
    : 'Shorten it and send the file again.';
  refuseFile(
    `The cell in row ${row}, ${columnName(header, column)}, is larger than ${sizeWords(limits.cellBytesMax)}. ${toDo}`,
    { row, column: header[column] },
  );
}

/** A record beyond `recordBytesMax`. */
export function refuseRecord(row: number, limits: ScanLimits): never {
  refuseFile(
    `Row ${row} is larger than ${sizeWords(limits.recordBytesMax)}. Look for a missing line break or closing quote there and send the file again.`,
    { row },
  );
}

/** A record beyond `columnsMax`. */
export function refuseColumns(row: number, limits: ScanLimits): never {
  refuseFile(
    `Row ${row} has more than ${limits.columnsMax} columns. Look for a missing line break there, or remove columns, and send the file again.`,
    { row },
  );
}
