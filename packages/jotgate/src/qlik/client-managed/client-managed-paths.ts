import type { QlikPaths } from '../product.ts'

/** Client-managed Qlik: the default virtual proxy has an empty prefix, every other one has its own. */
export const clientManagedPaths: QlikPaths = Object.freeze({
  basePath: ({ prefix = '' }) => (prefix === '' ? '' : `/${prefix}`),
})
