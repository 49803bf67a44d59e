import type { MembershipChange } from '../domain/plan/access-consequences.ts';

/** The memberships of patrons, as they were and as they will be. */
export class Memberships {
  readonly #turned = new Map<number, MembershipChange[]>();
  readonly #standing = new Map<number, MembershipChange[]>();
  readonly #concerned = new Set<number>();

  turn(patronId: number, change: MembershipChange): void {
    push(this.#turned, patronId, change);
  }

  /** One that is active as it is stored; what the plan says of it counts before that. */
  stands(patronId: number, sectionId: number): void {
    if (this.#turned.get(patronId)?.some((change) => change.sectionId === sectionId)) return;
    push(this.#standing, patronId, { sectionId, activeBefore: true, activeAfter: true });
  }

  concern(patronId: number): void {
    this.#concerned.add(patronId);
  }

  concerned(): number[] {
    return [...this.#concerned].sort((a, b) => a - b);
  }

  of(patronId: number): MembershipChange[] {
    return [...(this.#turned.get(patronId) ?? []), ...(this.#standing.get(patronId) ?? [])];
  }

  forget(patronId: number): void {
    this.#standing.delete(patronId);
  }
}

function push(map: Map<number, MembershipChange[]>, key: number, change: MembershipChange): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [change]);
  else list.push(change);
}
