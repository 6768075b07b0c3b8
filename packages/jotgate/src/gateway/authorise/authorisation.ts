import type { User } from '../../token/index.ts'
import type { Identity } from '../identify/identity.ts'

/** Whether someone may reach Qlik, and as whom. */
export type Authorisation =
  | {
      readonly allowed: true
      readonly user: User
      /** The name of their deployment, where the site leaves it to them: one of `upstreams`. */
      readonly upstream?: string
    }
  /** The reason is for the audit log, never for the answer. */
  | { readonly allowed: false; readonly reason: string }

/** Decides it; a pure function of the identity, the site (its `publicUrl`) and the configuration. */
export type Authorise = (identity: Identity, site: string) => Authorisation
