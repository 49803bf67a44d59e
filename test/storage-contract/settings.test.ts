import { describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';

describe.each(engines)('settings on $name', ({ open }) => {
  test('I13 S3 what nobody chose has its default', async () => {
    await using opened = await open();
    expect(await opened.main.read.settings.get()).toEqual({
      bccDefault: 'FALSE',
      personIdField: 'externalid',
      changeThresholds: {
        patronsInactivated: { moreThan: 50, percent: 30 },
        contactsLost: { moreThan: 200, percent: 30 },
        membersInactivated: { moreThan: 50, percent: 30 },
        sectionMembersInactivated: { moreThan: 9, percent: 50 },
      },
      holdAfterUndo: true,
      clientsMayMakeLibrarians: true,
      deliveryRetentionDays: 14,
      journalRetentionDays: 400,
      oneTimeCodeMinutes: 5,
      sessionTokenMinutes: 60,
      fsiAnswerAsText: false,
      journalKeptFrom: 0,
    });
  });

  test('what is chosen stays, may be chosen again, and is the tenant’s alone', async () => {
    await using opened = await open();
    await opened.main.transact((tx) => tx.settings.save({ bccDefault: 'TRUE', deliveryRetentionDays: 3 }));
    await opened.main.transact((tx) => tx.settings.save({ deliveryRetentionDays: 4 }));
    await opened.main.transact((tx) => tx.settings.save({}));
    expect(await opened.main.read.settings.get()).toMatchObject({
      bccDefault: 'TRUE',
      deliveryRetentionDays: 4,
      journalRetentionDays: 400,
    });
    expect(await opened.other.read.settings.get()).toMatchObject({ bccDefault: 'FALSE' });
  });
});
