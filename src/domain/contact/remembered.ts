const answersMax = 1000;
const textLengthMax = 500;
/** The first ones are compared one by one, which is quicker than a table for texts that were just cut out. */
const comparedMax = 6;

/**
 * The same pure function, remembering its answers: a column of half a million cells holds few different
 * texts. Only so many and only short texts are kept, so that no file can fill the memory this way.
 */
export function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  const texts: string[] = [];
  const first: T[] = [];
  return (text) => {
    for (let place = 0; place < texts.length; place++) if (texts[place] === text) return first[place]!;
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = parse(text);
    if (texts.length < comparedMax && text.length <= textLengthMax) {
      texts.push(text);
      first.push(answer);
    } else if (answers.size < answersMax && text.length <= textLengthMax) answers.set(text, answer);
    return answer;
  };
}
