import type { HttpBindings } from '@hono/node-server'
import type { Advice, RecordedToken } from '../control/recorder.ts'
import type { Workbench } from '../control/workbench.ts'
import type { EngineUser } from '../engine/index.ts'
import type { CloudSession, CloudState, CloudUser } from './state/state.ts'
import type { CloudSwitches, SwitchName } from './switch-definitions.ts'

/** What every part of the tenant is given: the workbench, and what the tenant knows. */
export interface Cloud extends Workbench<CloudSwitches> {
  /** Replaced as a whole by a reset: read it again for each request. */
  state: CloudState
  /** A tenant that the console made to show an error in: its requests are recorded as examples. */
  readonly isExample?: true
}

/** Who sent a request. */
export type Caller =
  | { readonly kind: 'nobody'; readonly bearer: boolean }
  | { readonly kind: 'administrator'; readonly user: CloudUser; readonly isAdmin: true }
  | {
      readonly kind: 'session'
      readonly user: CloudUser
      readonly isAdmin: boolean
      readonly session: CloudSession
    }
  /** An API key or an OAuth access token. */
  | { readonly kind: 'bearer'; readonly user: CloudUser; readonly isAdmin: boolean }

/** A caller who is somebody. */
export type KnownCaller = Exclude<Caller, { kind: 'nobody' }>

/** The switches behind a refusal. */
export interface RefusalSwitches {
  /** The one without which there would be none. */
  readonly decidedBy?: SwitchName
  /** Those of its form, such as its status. */
  readonly shapedBy?: readonly SwitchName[]
}

/** What a request carries through the handlers. */
export interface CloudEnv {
  Bindings: HttpBindings
  Variables: {
    caller: Caller
    recordedToken?: RecordedToken
    fault?: string
    /** The switch that decides whether the request is refused, and those that decide how. */
    switches?: RefusalSwitches
    /** What the console says of the request beside its answer. */
    notice?: Advice
  }
}

/** Names of a user's groups, as the engine and section access know them. */
export function groupNamesOf(state: CloudState, user: CloudUser): string[] {
  return user.groupIds.flatMap((id) => {
    const group = state.groups.get(id)
    return group === undefined ? [] : [group.name]
  })
}

export function toEngineUser(state: CloudState, caller: KnownCaller): EngineUser {
  const { user, isAdmin } = caller
  return {
    userId: user.id,
    subject: user.subject,
    name: user.name,
    email: user.email,
    groups: groupNamesOf(state, user),
    ...(isAdmin ? { isAdmin: true } : {}),
  }
}
