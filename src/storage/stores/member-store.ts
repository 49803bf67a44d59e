import { sql, type Selectable } from 'kysely';
import type { TermStatus } from '../../domain/access/term.ts';
import type { MemberValues } from '../../domain/group/group.ts';
import type { Page, Provenance } from '../../ports/patrons.ts';
import type { MemberReader, MemberWriter, StoredMember } from '../../ports/records.ts';
import { termStatusCode } from '../schema/codes.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext, Value } from './context.ts';
import { readPage } from './page.ts';
import { pushTermValues, termColumns, termOf, termValues } from './term-columns.ts';

type MemberToStore = MemberValues & { readonly status: TermStatus };

const keyColumns = ['tenant_id', 'section_id', 'patron_id'];

/** Patrons in sections: there may be a million of them. */
export class MemberStore implements MemberReader, MemberWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async find(sectionId: number, patronId: number): Promise<StoredMember | undefined> {
    const row = await this.#all()
      .where('section_id', '=', sectionId)
      .where('patron_id', '=', patronId)
      .executeTakeFirst();
    return row && memberOf(row);
  }

  async mapBySection(sectionIds: readonly number[]): Promise<Map<number, StoredMember[]>> {
    const rows = await this.#among(sectionIds)
      .selectAll('section_member')
      .whereRef('section_member.section_id', '=', 'wanted.value')
      .orderBy('section_member.section_id')
      .orderBy('section_member.patron_id')
      .execute();
    return Map.groupBy(rows.map(memberOf), ({ sectionId }) => sectionId);
  }

  async mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredMember[]>> {
    const rows = await this.#among(patronIds)
      .selectAll('section_member')
      .whereRef('section_member.patron_id', '=', 'wanted.value')
      .orderBy('section_member.patron_id')
      .orderBy('section_member.section_id')
      .execute();
    return Map.groupBy(rows.map(memberOf), ({ patronId }) => patronId);
  }

  async listBySection(
    sectionId: number,
    filter: { readonly status?: TermStatus; readonly page: number; readonly pageSize: number },
  ): Promise<Page<StoredMember>> {
    let query = this.#all().where('section_id', '=', sectionId);
    if (filter.status) query = query.where('status', '=', termStatusCode.toNumber(filter.status));
    return readPage(query.orderBy('patron_id'), filter, memberOf);
  }

  async countActive(sectionIds: readonly number[]): Promise<number> {
    const row = await this.#among(sectionIds)
      .select(sql<number>`count(*)`.as('n'))
      .whereRef('section_member.section_id', '=', 'wanted.value')
      .where('section_member.status', '=', termStatusCode.toNumber('ACTIVE'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  async isEmpty(): Promise<boolean> {
    const row = await this.#all().limit(1).executeTakeFirst();
    return row === undefined;
  }

  async insert(members: readonly MemberToStore[], { createdRun, createdAt }: Provenance): Promise<void> {
    const values: Value[] = [];
    for (const member of members) {
      values.push(member.sectionId, member.patronId);
      pushTermValues(values, member, member.status);
    }
    await this.#context.tools.insertRows(
      'section_member',
      {
        tenant_id: this.#context.tenantId,
        created_run: createdRun,
        created_at: createdAt,
        updated_at: createdAt,
      },
      ['section_id', 'patron_id', ...termColumns],
      values,
    );
  }

  async update(members: readonly MemberToStore[], updatedAt: number): Promise<void> {
    const { tools, tenantId } = this.#context;
    await tools.updateRows(
      'section_member',
      keyColumns,
      [...termColumns, 'updated_at'],
      members.map((member) => [
        tenantId,
        member.sectionId,
        member.patronId,
        ...termValues(member, member.status),
        updatedAt,
      ]),
    );
  }

  async remove(members: readonly Pick<MemberValues, 'sectionId' | 'patronId'>[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    await tools.deleteRows(
      'section_member',
      keyColumns,
      members.map(({ sectionId, patronId }) => [tenantId, sectionId, patronId]),
    );
  }

  async removeByPatron(patronId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('section_member')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .execute();
  }

  #all() {
    return this.#context.db
      .selectFrom('section_member')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
  }

  /** To be matched with `wanted.value`. */
  #among(ids: readonly number[]) {
    return this.#context.db
      .selectFrom(this.#context.tools.wantedIds(ids))
      .crossJoin('section_member')
      .where('section_member.tenant_id', '=', this.#context.tenantId);
  }
}

function memberOf(row: Selectable<TenantTables['section_member']>): StoredMember {
  return {
    sectionId: row.section_id,
    patronId: row.patron_id,
    ...termOf(row),
    status: termStatusCode.toWord(row.status),
    createdRun: row.created_run,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
