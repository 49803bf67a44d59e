import type { BenchOptions } from './options.ts';
import type { ReferenceRound } from './reference-rounds.ts';
import { machine } from './run.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/** What differs between the reports of files that were measured against a reference. */
export interface ReportedFile {
  readonly reference: string;
  /** How large everything was, for the JSON. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The same in words. */
  readonly heading: string;
  /** Of what one hundredth was changed. */
  readonly changed: string;
  /** When the peak of memory was taken. */
  readonly peakDuring: string;
}

/** Prints what the rounds come to, as text or as one JSON object. */
export function reportRounds(
  { json }: BenchOptions,
  rounds: readonly ReferenceRound[],
  { reference, sizes, heading, changed, peakDuring }: ReportedFile,
): void {
  const of = (pick: (round: ReferenceRound) => number) => spreadOf(rounds.map(pick));
  const first = of(({ firstSeconds }) => firstSeconds);
  const alone = of(({ referenceSeconds }) => referenceSeconds);
  const figures = {
    machine: machine(),
    reference,
    ...sizes,
    rounds: rounds.length,
    seconds: {
      reference: alone,
      first,
      again: of(({ againSeconds }) => againSeconds),
      changed: of(({ changedSeconds }) => changedSeconds),
    },
    ratioOfMedians: first.median / alone.median,
    ratioOfPairs: of((round) => round.firstSeconds / round.referenceSeconds),
    ratioAgain: of((round) => round.againSeconds / round.referenceSeconds),
    ratioChanged: of((round) => round.changedSeconds / round.referenceSeconds),
    peakMib: of(({ peakBytes }) => peakBytes / 2 ** 20),
    stallMs: {
      longestAnswer: of(({ stall }) => stall.pingMs),
      eventLoop: of(({ stall }) => stall.loopMs),
    },
  };
  if (json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  console.log(`
${heading}; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

${reference.padEnd(25)} ${formatSpread(alone, 2, ' s')}
first load                ${formatSpread(first, 2, ' s')}
  ratio of the medians    ${figures.ratioOfMedians.toFixed(2)}
  ratio within a round    ${formatSpread(figures.ratioOfPairs, 2)}
the same file again       ${formatSpread(figures.seconds.again, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioAgain, 2)}
${`1 % of ${changed} changed`.padEnd(25)} ${formatSpread(figures.seconds.changed, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioChanged, 2)}
peak memory of the server ${formatSpread(figures.peakMib, 0, ' MiB')}, ${peakDuring}
longest /healthz answer   ${formatSpread(figures.stallMs.longestAnswer, 1, ' ms')}, during the first load
longest event-loop delay  ${formatSpread(figures.stallMs.eventLoop, 1, ' ms')}, measured in the server's process`);
}
