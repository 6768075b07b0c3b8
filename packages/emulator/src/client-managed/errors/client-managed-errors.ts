import type { ErrorCatalogue } from '../../control/faults/error-catalogue.ts'

/** Everything that public material shows of the errors of client-managed Qlik. */
export const clientManagedErrors: ErrorCatalogue = { errors: [], closes: [], clientTexts: [] }
