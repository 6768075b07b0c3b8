import type { ErrorCatalogue } from '../../control/faults/error-catalogue.ts'
import { proxyClientTexts } from './proxy-client-texts.ts'
import { proxyCloses } from './proxy-closes.ts'
import { proxyErrors } from './proxy-errors.ts'
import { serviceClientTexts, serviceErrors } from './service-errors.ts'

/** Everything that public material shows of the errors of client-managed Qlik. */
export const clientManagedErrors: ErrorCatalogue = {
  errors: [...proxyErrors, ...serviceErrors],
  closes: proxyCloses,
  clientTexts: [...proxyClientTexts, ...serviceClientTexts],
}
