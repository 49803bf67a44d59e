/** Of so many patrons, the first ones, it is counted how many a word finds. */
export const sampleSize = 2_000;

/** A sample serves the searches of so long, and is forgotten then. */
const keptMs = 10_000;

/** The texts of the first patrons, and the last patron's id, which tells about how many there are. */
export interface TextSample {
  readonly texts: readonly string[];
  readonly last: number;
}

/** What a sample of the texts says of the words of a search. */
export interface Sample {
  /** How many texts contain each word. */
  readonly counts: readonly number[];
  /** How many contain them all. */
  readonly all: number;
  /** About how many texts there are. */
  readonly texts: number;
}

/** Counts in how many texts of the sample the words are contained. */
export function countIn({ texts, last }: TextSample, words: readonly string[]): Sample {
  return {
    counts: words.map((word) => texts.filter((text) => text.includes(word)).length),
    all: texts.filter((text) => words.every((word) => text.includes(word))).length,
    texts: last,
  };
}

/**
 * The sample of a tenant's texts. It chooses how they are searched and never what is found, so that one of a moment ago
 * will do. One that is not full is not kept: it is read in no time, and there may soon be many more texts.
 */
export class KeptSample {
  #kept: TextSample | undefined;

  /** The one that is kept, or else a new one. */
  async take(read: () => Promise<TextSample>): Promise<TextSample> {
    if (this.#kept !== undefined) return this.#kept;
    const sample = await read();
    if (sample.texts.length < sampleSize) return sample;
    this.#kept = sample;
    setTimeout(() => (this.#kept = undefined), keptMs).unref();
    return sample;
  }
}
