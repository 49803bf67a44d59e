/** A column's letters as a spreadsheet shows them: 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  let letters = '';
  for (let left = index + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  }
  return letters;
}

/** How a message names a column: by its header, or by its letters where the header is blank or unknown. */
export function columnName(header: readonly string[], index: number): string {
  const name = header[index];
  return name === undefined || name === '' ? `column ${columnLetters(index)}` : `column “${name}”`;
}
