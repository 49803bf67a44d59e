const charactersMin = 8;
const bytesMax = 1024;

/**
 * Why a password cannot be taken, in words for whoever chose it; undefined when it can. Length is what counts:
 * no rule asks for particular characters, since such rules make passwords worse.
 */
export function passwordProblem(password: string, username: string): string | undefined {
  const rule = `A password has at least ${charactersMin} characters and is not the username.`;
  // Counted as people count: an accent or a joined sign is one with its letter.
  const characters = [...new Intl.Segmenter().segment(password)].length;
  if (characters < charactersMin) return `The password is too short (${characters}). ${rule}`;
  if (password.trim() === '') return `The password is blank. ${rule}`;
  if (password.normalize('NFC').toLowerCase() === username.normalize('NFC').toLowerCase()) {
    return `The password is the username. ${rule}`;
  }
  if (Buffer.byteLength(password) > bytesMax) return `The password is longer than ${bytesMax} bytes.`;
  return undefined;
}
