const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Clocks that move and move back within this would be overlooked; Ramadan, the shortest time between, is longer. */
const stepMs = 4 * dayMs;
const besideMs = 8 * dayMs;

/** A stretch of time in which a zone keeps its distance to UTC. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offsetMs: number;
}

/**
 * A zone's clock in one year (and some days beside it) as `Intl.DateTimeFormat` shows it: an oracle that shares
 * nothing with what Muster reckons with. It knows W1 in one sentence only: a day counts from the first moment at which the
 * clock shows its 01:00 or something later.
 */
export class OtherClock {
  /** When it moves forward or back. */
  readonly moves: readonly number[];
  readonly #stretches: Stretch[] = [];

  constructor(zone: string, year: number) {
    const offsetAt = offsetReader(zone);
    const end = Date.UTC(year + 1, 0, 1) + besideMs;
    let from = Date.UTC(year, 0, 1) - besideMs;
    let offsetMs = offsetAt(from);
    for (let at = from; at < end; at += stepMs) {
      const next = offsetAt(at + stepMs);
      if (next === offsetMs) continue;
      const before = offsetMs;
      const move = firstMoment(at, at + stepMs, (moment) => offsetAt(moment) !== before);
      this.#stretches.push({ from, to: move, offsetMs });
      from = move;
      offsetMs = next;
    }
    this.#stretches.push({ from, to: end + stepMs, offsetMs });
    this.moves = this.#stretches
      .map((stretch) => stretch.from)
      .filter((at) => new Date(at).getUTCFullYear() === year);
  }

  /** The first moment at which the clock shows 01:00 of the day or later. */
  startOfDay(day: string): number {
    const shown = Date.parse(`${day}T01:00:00Z`);
    for (const { from, to, offsetMs } of this.#stretches) {
      const at = Math.max(from, shown - offsetMs);
      if (at < to) return at;
    }
    throw new Error(`${day} is not in the year`);
  }

  /** The latest day whose 01:00, or something later, the clock has shown by then. */
  effectiveDay(at: number): string {
    const latest = this.#stretches
      .filter(({ from }) => from <= at)
      .map(({ to, offsetMs }) => Math.min(at, to - 1) + offsetMs);
    return new Date(Math.max(...latest) - hourMs).toISOString().slice(0, 10);
  }
}

function offsetReader(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(format.format(at))!;
    if (sign === undefined) return 0;
    return Number(`${sign}1`) * (Number(hours) * hourMs + Number(minutes) * 60_000);
  };
}

/** The first moment after `from` for which the condition holds, which holds at `to` and changes once. */
function firstMoment(from: number, to: number, holds: (at: number) => boolean): number {
  let [before, since] = [from, to];
  while (since - before > 1) {
    const middle = Math.floor((before + since) / 2);
    if (holds(middle)) since = middle;
    else before = middle;
  }
  return since;
}
