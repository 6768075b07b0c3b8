import { isDeepStrictEqual } from 'node:util'
import { type Administration, isJotgateError, type SpaceAssignment } from '../../qlik/index.ts'
import { provisionErrors } from '../errors.ts'
import type { ActualObject, Kind } from '../kind.ts'
import { ownerOf, withMark, withoutMark } from '../mark.ts'

/** How plans name a space. */
export const spaceKind = 'space'

/** Who has which roles in a space: a group by its name, or a user by their subject. */
export type SpaceMember = { readonly roles: readonly string[] } & (
  | { readonly group: string }
  | { readonly user: string }
)

/** One as it is compared: its roles in order, and nothing beside it. */
export const comparableMember = (member: SpaceMember): SpaceMember => {
  const roles = [...new Set(member.roles)].sort()
  return 'group' in member ? { group: member.group, roles } : { user: member.user, roles }
}

/**
 * Spaces. Their members are read where they matter: in spaces that this setup has made or wants. Bots, and who can
 * no longer be found, are left alone.
 */
export function createSpaceKind(options: {
  administration: Administration
  setupId: string
  wantedNames: readonly string[]
}): Kind {
  const { administration, setupId, wantedNames } = options
  const toObject = async ({ id, name, type, description }: Space): Promise<ActualObject> => {
    const owner = ownerOf(description, setupId)
    const fields = { type, description: withoutMark(description) }
    if (owner !== 'this-setup' && !wantedNames.includes(name))
      return { id, key: name, owner, fields }
    const members = (await readMembers(administration, id)).map(({ member }) => member)
    return { id, key: name, owner, fields: { ...fields, members } }
  }
  return {
    name: spaceKind,
    fixed: {
      type: 'Qlik lets the type of a space not be changed: make another space, move its apps, and remove this one.',
    },
    unordered: ['members'],
    warnings: { delete: 'Only an empty space is removed; its members lose their access.' },
    async list() {
      const objects: ActualObject[] = []
      for (const space of await administration.listSpaces()) objects.push(await toObject(space))
      return objects
    },
    async create({ key, fields }) {
      const members = (fields.members ?? []) as readonly SpaceMember[]
      const assignees = await findAssignees(administration, members)
      const { id } = await administration.createSpace({
        name: key,
        type: String(fields.type),
        description: withMark(String(fields.description ?? ''), setupId),
      })
      for (const assignee of assignees) await administration.createSpaceAssignment(id, assignee)
    },
    async update(actual, fields) {
      const members = fields.members as readonly SpaceMember[] | undefined
      const assignees =
        members === undefined ? undefined : await findAssignees(administration, members)
      const description = String(fields.description ?? actual.fields.description ?? '')
      await administration.updateSpace(actual.id, { description: withMark(description, setupId) })
      if (assignees !== undefined) await writeAssignments(administration, actual.id, assignees)
    },
    async remove({ id, key }) {
      if (await administration.hasItems(id))
        throw provisionErrors.ERR_PROVISION_NOT_EMPTY({ space: key })
      await administration.deleteSpace(id)
    },
  }
}

type Space = Awaited<ReturnType<Administration['listSpaces']>>[number]
type NewAssignment = Omit<SpaceAssignment, 'id'>

async function readMembers(administration: Administration, spaceId: string) {
  const members: { assignment: SpaceAssignment; member: SpaceMember }[] = []
  for (const assignment of await administration.listSpaceAssignments(spaceId)) {
    const { type, assigneeId, roles } = assignment
    const isGroup = type === 'group'
    if (!isGroup && type !== 'user') continue
    const entry = await (isGroup
      ? administration.getGroup(assigneeId)
      : administration.getUser(assigneeId)
    ).catch(unlessGone)
    if (entry === undefined) continue
    const member = isGroup ? { group: entry.name, roles } : { user: entry.name, roles }
    members.push({ assignment, member: comparableMember(member) })
  }
  return members
}

function unlessGone(error: unknown): undefined {
  if (isJotgateError(error, 'ERR_QLIK_REFUSED') && error.details.status === 404) return
  throw error
}

/**
 * Finds all members before anything is written.
 *
 * @throws ERR_PROVISION_NO_MEMBER
 */
async function findAssignees(
  administration: Administration,
  members: readonly SpaceMember[],
): Promise<NewAssignment[]> {
  const found: NewAssignment[] = []
  for (const member of members) {
    const isGroup = 'group' in member
    const name = isGroup ? member.group : member.user
    const entry = await (isGroup ? administration.findGroup(name) : administration.findUser(name))
    const type = isGroup ? 'group' : 'user'
    if (entry === undefined) throw provisionErrors.ERR_PROVISION_NO_MEMBER({ type, name })
    found.push({ type, assigneeId: entry.id, roles: member.roles })
  }
  return found
}

async function writeAssignments(
  administration: Administration,
  spaceId: string,
  wanted: readonly NewAssignment[],
): Promise<void> {
  const present = (await readMembers(administration, spaceId)).map(({ assignment }) => assignment)
  const isSame = (one: NewAssignment, other: NewAssignment) =>
    one.type === other.type && one.assigneeId === other.assigneeId
  const sorted = (roles: readonly string[]) => [...roles].sort()
  for (const one of wanted) {
    const before = present.find((other) => isSame(one, other))
    if (before === undefined) await administration.createSpaceAssignment(spaceId, one)
    else if (!isDeepStrictEqual(sorted(before.roles), sorted(one.roles)))
      await administration.updateSpaceAssignment(spaceId, before.id, one.roles)
  }
  for (const before of present)
    if (!wanted.some((one) => isSame(one, before)))
      await administration.deleteSpaceAssignment(spaceId, before.id)
}
