import type { Workbench } from '../control/workbench.ts'
import type { ProxySessions } from './proxy/sessions.ts'
import type { TempContents } from './proxy/temp-contents.ts'
import type { Tickets } from './proxy/tickets.ts'
import type { Repository } from './repository/repository.ts'
import type { ClientManagedSwitches } from './switches.ts'

/** What every part of the site is given: the workbench, what the site keeps, and who is logged in. */
export interface ClientManaged extends Workbench<ClientManagedSwitches> {
  /** Replaced as a whole by a reset: read it again for each request. */
  readonly repository: Repository
  readonly sessions: ProxySessions
  readonly tickets: Tickets
  readonly tempContents: TempContents
  /** A site that the console made to show an error in: its requests are recorded as examples. */
  readonly isExample?: true
}
