/**
 * The candidate somebody probably meant by `word`, for a "did you mean": the only one that begins with it,
 * else the nearest by edit distance, case aside, within a third of the candidate's letters; two slips are
 * allowed from five letters on (FONE means PHONE), one in shorter words.
 * Nothing near enough: undefined. The candidate comes back in its own spelling.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.trim().toLowerCase();
  if (wanted === '') return undefined;
  const words = [...candidates];
  const longer = words.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  if (longer.length === 1) return longer[0];

  let nearest: string | undefined;
  let nearestDistance = Infinity;
  for (const candidate of words) {
    const limit = candidate.length < 5 ? 1 : Math.max(2, Math.floor(candidate.length / 3));
    // Also keeps a huge cell from being measured at all.
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= limit && distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let best = Math.min(replaced, last[j]! + 1, current[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
