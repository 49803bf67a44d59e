/** Of so many patrons, the first ones, it is counted how many a word finds. */
export const sampleSize = 2_000;

/** How rare three letters are is told by fewer, as all of theirs are counted. */
const trigramTexts = 300;

/** In no text and no word, since PostgreSQL stores none. */
const separator = '\0';

/** A sample is old after so long, and is forgotten after as long again if nobody searches. */
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
  /** All texts as one, which is gone through in a fraction of the time that two thousand take. */
  readonly #joined: string;
  /** Where each text ends in it. */
  readonly #ends: Int32Array;
  #trigrams: Map<string, number> | undefined;

  constructor(texts: readonly string[], last: number, everybody: number) {
    this.texts = texts;
    this.last = last;
    this.everybody = Math.max(everybody, last);
    this.#joined = texts.join(separator);
    let end = -1;
    this.#ends = Int32Array.from(texts, ({ length }) => (end += length + 1));
  }

  /** Counts in how many texts the words are contained. */
  count(words: readonly string[]): Sample {
    const having = words.map((word) => this.#having(word));
    const [first = [], ...others] = having;
    const all = others.reduce((both, more) => {
      const among = new Set(more);
      return both.filter((place) => among.has(place));
    }, first);
    const counts = having.map(({ length }) => length);
    return { counts, all: all.length, texts: this.last, everybody: this.everybody };
  }

  /** The places of the texts that contain a word. */
  #having(word: string): number[] {
    const places: number[] = [];
    let place = 0;
    for (let at = this.#joined.indexOf(word); at >= 0;) {
      while (this.#ends[place]! < at) place++;
      places.push(place);
      const end = this.#ends[place]!;
      at = end < this.#joined.length ? this.#joined.indexOf(word, end) : -1;
    }
    return places;
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
 * will do: whoever comes while another one is being read has the old one, or waits for that reading. One that is not
 * full is not kept: it is read in no time, and there may soon be many more texts.
 */
export class KeptSample {
  #kept: TextSample | undefined;
  #isOld = false;
  #reading: Promise<TextSample> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** The one that is kept, or else a new one. */
  async take(read: () => Promise<TextSample>): Promise<TextSample> {
    if (this.#kept !== undefined && (!this.#isOld || this.#reading !== undefined)) return this.#kept;
    if (this.#reading === undefined) return this.#read(read);
    // Where it fails for whoever reads it, that says nothing of this search.
    const sample = await this.#reading.catch(() => undefined);
    return sample !== undefined && isFull(sample) ? sample : read();
  }

  async #read(read: () => Promise<TextSample>): Promise<TextSample> {
    this.#reading = read();
    try {
      const sample = await this.#reading;
      if (isFull(sample)) this.#keep(sample);
      else this.#forget();
      return sample;
    } finally {
      this.#reading = undefined;
    }
  }

  #keep(sample: TextSample): void {
    this.#forget();
    this.#kept = sample;
    this.#timer = setTimeout(() => {
      this.#isOld = true;
      this.#timer = setTimeout(() => this.#forget(), keptMs).unref();
    }, keptMs).unref();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#kept = undefined;
    this.#isOld = false;
  }
}

function isFull({ texts }: TextSample): boolean {
  return texts.length >= sampleSize;
}
