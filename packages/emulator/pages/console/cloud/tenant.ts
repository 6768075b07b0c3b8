import { get } from '../api.ts'

/** What the tenant knows, as the control API shows it. */
export interface ShownTenant {
  readonly tenantId: string
  readonly autoCreateGroups: boolean
  readonly users: readonly {
    readonly id: string
    readonly subject: string
    readonly name: string
    readonly email: string
    readonly status: string
    readonly groups: readonly string[]
    readonly isAdmin: boolean
  }[]
  readonly sessions: readonly {
    readonly id: string
    readonly userId: string
    readonly startedAt: string
    readonly lastActiveAt: string
    readonly openSockets: number
  }[]
  readonly groups: readonly {
    readonly id: string
    readonly name: string
    readonly providerType: string
    readonly users: number
  }[]
  readonly identityProviders: readonly {
    readonly id: string
    readonly issuer: string
    readonly keyId: string
    readonly description: string
    readonly clockToleranceSec?: number
    readonly certificateDates?: { readonly from: number; readonly to: number }
  }[]
  readonly webIntegrations: readonly {
    readonly id: string
    readonly name: string
    readonly validOrigins: readonly string[]
  }[]
}

export const readTenant = (): Promise<ShownTenant> => get<ShownTenant>('/cloud/tenant')
