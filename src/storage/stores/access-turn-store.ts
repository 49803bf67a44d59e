import type { Selectable } from 'kysely';
import type { LinkTurn } from '../../domain/access/spans.ts';
import type { Day } from '../../domain/access/term.ts';
import type { AccessTarget } from '../../ports/access.ts';
import type { AccessTurnReader, AccessTurnWriter, RecordedTurn } from '../../ports/access-turns.ts';
import type { Page } from '../../ports/patrons.ts';
import { entityCode, entryKindCode, turnCode } from '../schema/codes.ts';
import { dayNumber, dayOf } from '../schema/days.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext, Value } from './context.ts';
import { readPage } from './page.ts';

type TurnRow = Selectable<TenantTables['access_turn']> & { gained: string; lost: string };

/** What daily runs gave to patrons and took from them. */
export class AccessTurnStore implements AccessTurnReader, AccessTurnWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  list(day: Day, filter: { readonly page: number; readonly pageSize: number }): Promise<Page<RecordedTurn>> {
    const turns = this.#turns()
      .where('access_turn.day', '=', dayNumber(day))
      .orderBy('access_turn.patron_id');
    return readPage(turns, filter, turnOf);
  }

  async listByPatron(patronId: number): Promise<(RecordedTurn & { readonly day: Day })[]> {
    const rows = await this.#turns()
      .where('access_turn.patron_id', '=', patronId)
      .orderBy('access_turn.day')
      .execute();
    return rows.map((row) => ({ day: dayOf(row.day), ...turnOf(row) }));
  }

  async save(day: Day, turns: readonly RecordedTurn[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const effects = new Map<string, number>();
    const effectValues: Value[] = [];
    const turnValues: Value[] = [];
    const texts = new TextsOnce();
    const first = await this.#effectsOf(day);
    for (const { patronId, gained, lost, because } of turns) {
      const [gainedText, lostText] = [texts.targets(gained), texts.targets(lost)];
      const key = `${gainedText} ${lostText}`;
      let effect = effects.get(key);
      if (effect === undefined) {
        effect = first + effects.size;
        effects.set(key, effect);
        effectValues.push(effect, gainedText, lostText);
      }
      turnValues.push(patronId, effect, linksText(because));
    }
    const constants = { tenant_id: tenantId, day: dayNumber(day) };
    await tools.insertRows('access_effect', constants, ['effect', 'gained', 'lost'], effectValues);
    await tools.insertRows('access_turn', constants, ['patron_id', 'effect', 'because'], turnValues);
  }

  async removeByPatron(patronId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('access_turn')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .execute();
  }

  async purgeBefore(day: Day, limit: number): Promise<number> {
    const { db, tools, tenantId } = this.#context;
    const old = await db
      .selectFrom('access_turn')
      .select(['day', 'patron_id'])
      .where('tenant_id', '=', tenantId)
      .where('day', '<', dayNumber(day))
      .orderBy('day')
      .orderBy('patron_id')
      .limit(limit)
      .execute();
    await tools.deleteRows(
      'access_turn',
      ['tenant_id', 'day', 'patron_id'],
      old.map((row) => [tenantId, row.day, row.patron_id]),
    );
    // Whatever was shared by them goes with the last of them.
    if (old.length < limit) {
      await db
        .deleteFrom('access_effect')
        .where('tenant_id', '=', tenantId)
        .where('day', '<', dayNumber(day))
        .execute();
    }
    return old.length;
  }

  /** How many effects the date has already. */
  async #effectsOf(day: Day): Promise<number> {
    const row = await this.#context.db
      .selectFrom('access_effect')
      .select(({ fn }) => fn.max('effect').as('last'))
      .where('tenant_id', '=', this.#context.tenantId)
      .where('day', '=', dayNumber(day))
      .executeTakeFirst();
    return Number(row?.last ?? 0) + 1;
  }

  #turns() {
    const { db, tenantId } = this.#context;
    return db
      .selectFrom('access_turn')
      .innerJoin('access_effect', (join) =>
        join
          .on('access_effect.tenant_id', '=', tenantId)
          .onRef('access_effect.day', '=', 'access_turn.day')
          .onRef('access_effect.effect', '=', 'access_turn.effect'),
      )
      .selectAll('access_turn')
      .select(['access_effect.gained', 'access_effect.lost'])
      .where('access_turn.tenant_id', '=', tenantId);
  }
}

/** Many patrons share the same lists: each is written out once. */
class TextsOnce {
  readonly #texts = new Map<readonly AccessTarget[], string>();

  targets(list: readonly AccessTarget[]): string {
    const known = this.#texts.get(list);
    if (known !== undefined) return known;
    const text = JSON.stringify(list.map(({ kind, id }) => [entryKindCode.toNumber(kind), id]));
    this.#texts.set(list, text);
    return text;
  }
}

function linksText(links: readonly LinkTurn[]): string {
  return JSON.stringify(
    links.map(({ entity, id, turn }) => [entityCode.toNumber(entity), id, turnCode.toNumber(turn)]),
  );
}

function turnOf({ patron_id, gained, lost, because }: TurnRow): RecordedTurn {
  return {
    patronId: patron_id,
    gained: targetsOf(gained),
    lost: targetsOf(lost),
    because: (JSON.parse(because) as [number, number, number][]).map(([code, id, turn]) => ({
      entity: entityCode.toWord(code) as LinkTurn['entity'],
      id,
      turn: turnCode.toWord(turn),
    })),
  };
}

function targetsOf(text: string): AccessTarget[] {
  return (JSON.parse(text) as [number, number][]).map(([code, id]) => ({
    kind: entryKindCode.toWord(code) as AccessTarget['kind'],
    id,
  }));
}
