import { registryKind } from './registry-kind.ts';

/** M4: what groups, sections and authorization sets refer to, filled from files. */
export const organizationsKind = registryKind('organizations', 'organization');
export const resourceTypesKind = registryKind('resource-types', 'resource-type');
export const checkoutCentersKind = registryKind('checkout-centers', 'checkout-center');
