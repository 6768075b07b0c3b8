import { isObject } from '../../http/read-body.ts'
import { parseRoles } from '../state/role-list.ts'
import type { CloudState, CloudUser } from '../state/state.ts'

/** How long an invitation holds (seconds). */
export const invitationSeconds = 7 * 24 * 3600

/** What a patch changes; applied only when every operation is right. */
type Change = Partial<
  Pick<
    CloudUser,
    | 'name'
    | 'status'
    | 'roleIds'
    | 'groupIds'
    | 'preferredLocale'
    | 'preferredZoneinfo'
    | 'inviteExpiry'
  >
>

interface Flaw {
  readonly flaw: string
  readonly pointer: string
}

function parseGroups(state: CloudState, value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const ids: string[] = []
  for (const entry of value as unknown[]) {
    if (!isObject(entry)) return undefined
    const found = [...state.groups.values()].find(
      (group) =>
        group.id === entry.id ||
        (entry.id === undefined &&
          group.name === entry.name &&
          (entry.providerType === undefined || group.providerType === entry.providerType)),
    )
    if (found === undefined) return undefined
    ids.push(found.id)
  }
  return [...new Set(ids)]
}

/** `replace` takes the given list, `add` joins, `remove-value` takes away. */
function combine(
  op: string,
  before: readonly string[],
  given: readonly string[],
): readonly string[] {
  if (op === 'add') return [...new Set([...before, ...given])]
  if (op === 'remove-value') return before.filter((id) => !given.includes(id))
  return given
}

function parseText(op: string, value: unknown): string | undefined {
  return op === 'replace' && typeof value === 'string' && value !== '' ? value : undefined
}

function readOperation(
  state: CloudState,
  user: CloudUser,
  draft: Change,
  operation: { op: string; path: string; value: unknown },
  nowSecond: number,
): Change | string {
  const { op, path, value } = operation
  const lists = ['replace', 'add', 'remove-value']
  switch (path) {
    case '/name':
    case '/preferredLocale':
    case '/preferredZoneinfo': {
      const text = parseText(op, value)
      return text === undefined ? 'takes replace with a string' : { [path.slice(1)]: text }
    }
    case '/status': {
      const status = parseText(op, value)
      if (status !== 'active' && status !== 'disabled')
        return 'takes replace with active or disabled'
      return { status }
    }
    case '/roles':
    case '/assignedRoles': {
      const roles = lists.includes(op) ? parseRoles(value) : undefined
      if (roles === undefined) return 'takes replace, add or remove-value with known roles'
      return { roleIds: combine(op, draft.roleIds ?? user.roleIds, roles) }
    }
    case '/assignedGroups': {
      const groups = lists.includes(op) ? parseGroups(state, value) : undefined
      if (groups === undefined) return 'takes replace, add or remove-value with known groups'
      return { groupIds: combine(op, draft.groupIds ?? user.groupIds, groups) }
    }
    case '/inviteExpiry':
      if (op !== 'renew' || user.status !== 'invited')
        return 'takes renew, for a user who is invited'
      return { inviteExpiry: nowSecond + invitationSeconds }
    default:
      return 'cannot be changed'
  }
}

/** Reads a patch of a user (qlik-cloud.md §5.4); the deprecated `set` and `unset` are refused. */
export function parseUserPatch(
  state: CloudState,
  user: CloudUser,
  body: unknown,
  nowSecond: number,
): Change | Flaw {
  if (!Array.isArray(body) || body.length === 0)
    return { flaw: 'The body must be an array of patch operations', pointer: '' }
  let draft: Change = {}
  for (const [index, one] of (body as unknown[]).entries()) {
    const { op, path, value } = isObject(one) ? one : {}
    if (typeof op !== 'string' || typeof path !== 'string')
      return { flaw: 'An operation has op and path', pointer: `/${index}` }
    const change = readOperation(state, user, draft, { op, path, value }, nowSecond)
    if (typeof change === 'string') return { flaw: `${path} ${change}`, pointer: `/${index}` }
    draft = { ...draft, ...change }
  }
  return draft
}
