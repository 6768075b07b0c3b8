import type { HttpBindings } from '@hono/node-server'
import type { WebSocket } from 'ws'
import type { EmulatorClock } from '../control/clock.ts'
import type { FaultBoard, FaultStriker } from '../control/faults/fault-board.ts'
import type { FrameLog } from '../control/frame-log.ts'
import type { JudgedToken, Recorder } from '../control/recorder.ts'
import type { SwitchBoard } from '../control/switches.ts'
import type { EngineUser, TablePreview } from '../engine/index.ts'
import type { PageFiles } from '../pages/page-files.ts'
import type { CloudSession, CloudState, CloudUser } from './state/state.ts'

/** The engine as the cloud part sees it: it hands over sockets that it has judged. */
export interface EngineDoor {
  apps(): readonly { readonly id: string; readonly name: string }[]
  hasApp(appId: string): boolean
  /** What the console shows of an app's data. */
  preview?(appId: string, rowLimit: number): TablePreview | undefined
  mayOpen(appId: string, user: EngineUser): boolean
  accept(
    socket: WebSocket,
    request: {
      appId: string
      identity?: string
      ttlSeconds?: number
      user: EngineUser
      onFrame?: (direction: 'in' | 'out', text: string) => void
      /** What a call of the engine is refused with, by a fault that is on. */
      faultOf?: (name: string) => { readonly code: number; readonly message: string } | undefined
    },
  ): void
  closeSessionsOf(userId: string): void
  reset(): void
  close(): void
}

/** What every part of the tenant is given. */
export interface Cloud {
  /** Replaced as a whole by a reset: read it anew for each request. */
  state: CloudState
  readonly adminKey: string
  readonly clock: EmulatorClock
  readonly switches: SwitchBoard
  readonly recorder: Recorder
  readonly faults: FaultBoard & FaultStriker
  readonly frames: FrameLog
  readonly engine: EngineDoor
  /** What the emulator shows in a browser, as vite built it. */
  readonly pages: PageFiles
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

/** What a request carries through the handlers. */
export interface CloudEnv {
  Bindings: HttpBindings
  Variables: { caller: Caller; judgedToken?: JudgedToken; fault?: string }
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
