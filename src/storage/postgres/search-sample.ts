/** Of so many patrons, the first ones, it is counted how many a word finds. */
export const sampleSize = 2_000;

/** How rare three letters are is told by fewer, as all of theirs are counted. */
const trigramTexts = 300;

/** A sample serves the searches of so long, and is forgotten then. */
const keptMs = 10_000;

/** What a sample of the texts says of the words of a search. */
export interface Sample {
  /** How many texts contain each word. */
  readonly counts: readonly number[];
  /** How many contain them all. */
  readonly all: number;
  /** About how many texts there are. */
  readonly texts: number;
  /** About how many there are with those of all other tenants. */
  readonly everybody: number;
}

/** The texts of the first patrons, with about how many there are: the last patron's id, and those of all tenants. */
export class TextSample {
  readonly texts: readonly string[];
  readonly last: number;
  readonly everybody: number;
  #trigrams: Map<string, number> | undefined;

  constructor(texts: readonly string[], last: number, everybody: number) {
    this.texts = texts;
    this.last = last;
    this.everybody = Math.max(everybody, last);
  }

  /** Counts in how many texts the words are contained. */
  count(words: readonly string[]): Sample {
    let all = this.texts;
    const counts = words.map((word, index) => {
      const having = this.texts.filter((text) => text.includes(word));
      all = index === 0 ? having : all.filter((text) => text.includes(word));
      return having.length;
    });
    return { counts, all: all.length, texts: this.last, everybody: this.everybody };
  }

  /** The share of the texts, roughly, that contain these three letters. */
  shareOf(trigram: string): number {
    return ((this.#trigrams ??= this.#countTrigrams()).get(trigram) ?? 0) / trigramTexts;
  }

  #countTrigrams(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const text of this.texts.slice(0, trigramTexts)) {
      const own = new Set<string>();
      for (let start = 0; start + 3 <= text.length; start++) own.add(text.slice(start, start + 3));
      for (const trigram of own) counts.set(trigram, (counts.get(trigram) ?? 0) + 1);
    }
    return counts;
  }
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
