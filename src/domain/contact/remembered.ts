const answersMax = 1000;
const textLengthMax = 500;

/**
 * The same pure function, remembering its answers: a column of half a million cells holds few different
 * texts. Only so many and only short texts are kept, so that no file can fill the memory this way.
 */
export function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = parse(text);
    if (answers.size < answersMax && text.length <= textLengthMax) answers.set(text, answer);
    return answer;
  };
}
