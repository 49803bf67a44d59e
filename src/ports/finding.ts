/** Something found about the installation: well, worth knowing, or wrong; with what to do about it. */
export interface Finding {
  readonly check: string;
  readonly level: 'good' | 'warning' | 'problem';
  readonly finding: string;
  readonly advice: string | null;
}

export function good(check: string, finding: string): Finding {
  return { check, level: 'good', finding, advice: null };
}

export function warning(check: string, finding: string, advice: string): Finding {
  return { check, level: 'warning', finding, advice };
}

export function problem(check: string, finding: string, advice: string): Finding {
  return { check, level: 'problem', finding, advice };
}
