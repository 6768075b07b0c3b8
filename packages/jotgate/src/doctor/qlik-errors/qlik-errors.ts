import { clientManagedErrors } from './client-managed-errors.ts'
import { cloudErrors } from './cloud-errors.ts'
import { engineErrors } from './engine-errors.ts'
import { proxyNotifications } from './proxy-notifications.ts'
import type { QlikError } from './qlik-error.ts'

/** Every error of Qlik's that has a page. */
export const qlikErrors: readonly QlikError[] = [
  ...cloudErrors,
  ...clientManagedErrors,
  ...proxyNotifications,
  ...engineErrors,
]
