export type SpaceType = 'shared' | 'managed' | 'data'

export const spaceTypes: readonly SpaceType[] = ['data', 'managed', 'shared']

export interface Space {
  readonly id: string
  name: string
  description: string
  readonly type: SpaceType
  ownerId: string
  readonly createdAt: string
  readonly createdBy: string
  updatedAt: string
}

export type AssigneeType = 'user' | 'group' | 'bot'

/** Who may do what in a space. */
export interface Assignment {
  readonly id: string
  readonly spaceId: string
  readonly type: AssigneeType
  readonly assigneeId: string
  roles: readonly string[]
  readonly createdAt: string
  readonly createdBy: string
  updatedAt: string
  updatedBy: string
  /** Access is eventually consistent: not before this time … */
  readonly effectiveFromMs: number
  /** … and not before so many refusals. */
  refusalsLeft: number
}

/** Where an app is. */
export interface AppPlace {
  readonly spaceId: string
}

/** Roles by type of space, as Qlik names them. */
export const assignableRoles: Readonly<Record<SpaceType, readonly string[]>> = {
  shared: ['consumer', 'contributor', 'dataconsumer', 'facilitator', 'producer', 'codeveloper'],
  managed: [
    'consumer',
    'contributor',
    'dataconsumer',
    'facilitator',
    'operator',
    'publisher',
    'basicconsumer',
  ],
  data: ['dataconsumer', 'datapreview', 'facilitator', 'operator', 'producer', 'publisher'],
}

/** Roles that let somebody open an app. */
export const openingRoles: ReadonlySet<string> = new Set([
  'consumer',
  'basicconsumer',
  'contributor',
  'facilitator',
  'producer',
  'codeveloper',
])
