import { describe, expect, test } from 'vitest';
import {
  ANY,
  NONE,
  parseScenarioNames,
  parseScenarios,
  scenarioNames,
  scenarios,
  scenariosPermit,
} from './scenarios.ts';

describe('a scenarios cell', () => {
  test('I13 a blank cell is NONE', () => {
    expect([parseScenarios(''), parseScenarios('  ')]).toEqual([{ ok: NONE }, { ok: NONE }]);
  });

  test.each([
    ['I14 names are trimmed around the semicolons', ' OVERDUE ; LOAN_RECALL ', ['LOAN_RECALL', 'OVERDUE']],
    ['I7 case is ignored', 'overdue;Loan_Recall', ['LOAN_RECALL', 'OVERDUE']],
    ['I14 empty items are skipped', ';OVERDUE;;', ['OVERDUE']],
    ['I14 ANY with others is ANY', 'OVERDUE;any', ['ANY']],
    ['I14 NONE alone is NONE, however often', 'NONE;none', ['NONE']],
    ['I14 the sample with a blank before it is read', ' ANY', ['ANY']],
  ])('%s', (_, cell, names) => {
    const parsed = parseScenarios(cell);
    expect(parsed.ok === undefined ? parsed.failed : scenarioNames(parsed.ok)).toEqual(names);
  });

  test.each([
    ['I14 NONE with another fails', 'NONE;OVERDUE', 'scenario-none-with-others', 'NONE;OVERDUE', undefined],
    ['I14 NONE with ANY fails', 'ANY;NONE', 'scenario-none-with-others', 'ANY;NONE', undefined],
    [
      'I14 an unknown one fails and the nearest is suggested',
      'ANY;OVERDEU',
      'scenario-unknown',
      'OVERDEU',
      'OVERDUE',
    ],
    ['I14 an unknown one unlike any has no suggestion', 'XYZZY', 'scenario-unknown', 'XYZZY', undefined],
  ])('%s', (_, cell, code, value, suggestion) => {
    expect(parseScenarios(cell).failed).toEqual(
      suggestion === undefined ? { code, value } : { code, value, suggestion },
    );
  });
});

test('every scenario comes back by its name, in the vendor’s order, as do all at once', () => {
  for (const name of scenarios) expect(scenarioNames(parseScenarioNames([name]))).toEqual([name]);
  expect(scenarioNames(parseScenarioNames([...scenarios].reverse()))).toEqual(scenarios);
});

test('I22 ANY permits every scenario, NONE none, a set its own', () => {
  expect(scenarios.every((name) => scenariosPermit(ANY, name))).toBe(true);
  expect(scenarios.some((name) => scenariosPermit(NONE, name))).toBe(false);
  const set = parseScenarioNames(['OVERDUE', 'PATRON_RECEIPT']);
  expect(scenarios.filter((name) => scenariosPermit(set, name))).toEqual(['OVERDUE', 'PATRON_RECEIPT']);
});

test('I14 the management API takes a list of names and refuses what a cell would', () => {
  expect(parseScenarioNames([])).toBe(NONE);
  expect(parseScenarioNames(['any', 'OVERDUE'])).toBe(ANY);
  expect(() => parseScenarioNames(['OVERDU'])).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining('“OVERDUE”') }),
  );
  expect(() => parseScenarioNames(['NONE', 'OVERDUE'])).toThrow(
    expect.objectContaining({ code: 'bad-request' }),
  );
});
