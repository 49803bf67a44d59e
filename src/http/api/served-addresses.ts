import type { Operation } from '../../contract/operation.ts';

/** The address of an operation under `/api/v1` as the router writes it. */
export function addressOf(operation: Pick<Operation, 'path'>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Which operations are served; tells a wrong method from a wrong address. */
export class ServedAddresses {
  readonly operations: Operation[] = [];

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  /** The methods that the address (path under `/api/v1`, no query) takes; none where nothing is there. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    for (const operation of this.operations) {
      if (!patternOf(operation).test(path)) continue;
      methods.add(operation.method);
      if (operation.method === 'GET') methods.add('HEAD');
    }
    return [...methods];
  }
}

function patternOf(operation: Operation): RegExp {
  const parts = operation.path.split(/\{\w+\}/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}
