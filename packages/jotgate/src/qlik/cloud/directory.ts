import { isObject, type JsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { idSegment } from '../id-segment.ts'
import { type AdminCalls, idOf } from './admin-calls.ts'

/** A user or group, by the name that tokens have for it. */
export interface DirectoryEntry {
  readonly id: string
  /** The subject of a user, the name of a group. */
  readonly name: string
}

/** Calls that find users and groups, and the caller. */
export interface DirectoryCalls {
  /** @returns undefined when the tenant has no user of this subject */
  findUser(subject: string): Promise<DirectoryEntry | undefined>
  /** @returns undefined when the tenant has no group of this name */
  findGroup(name: string): Promise<DirectoryEntry | undefined>
  getUser(id: string): Promise<DirectoryEntry>
  getGroup(id: string): Promise<DirectoryEntry>
  /** The names of the roles of the one whose API key or token calls: `TenantAdmin` and others. */
  listOwnRoles(): Promise<string[]>
}

export function createDirectory(calls: AdminCalls): DirectoryCalls {
  const find = async (collection: 'users' | 'groups', field: 'subject' | 'name', value: string) => {
    const filter = encodeURIComponent(`${field} eq ${JSON.stringify(value)}`)
    const found = await calls.list(`/api/v1/${collection}?limit=100&filter=${filter}`)
    // Qlik compares filters without regard to case, subjects and names with it.
    const [exact] = found.filter((one) => one[field] === value)
    return exact === undefined ? undefined : toEntry(exact, field, `GET /api/v1/${collection}`)
  }
  const get = async (collection: 'users' | 'groups', field: 'subject' | 'name', id: string) => {
    const path = `/api/v1/${collection}/${idSegment(id)}`
    return toEntry(await calls.send('GET', path), field, `GET ${path}`)
  }
  return {
    findUser: (subject) => find('users', 'subject', subject),
    findGroup: (name) => find('groups', 'name', name),
    getUser: (id) => get('users', 'subject', id),
    getGroup: (id) => get('groups', 'name', id),
    async listOwnRoles() {
      const { assignedRoles } = await calls.follow('/api/v1/users/me')
      if (!Array.isArray(assignedRoles)) return []
      return assignedRoles
        .filter(isObject)
        .flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
    },
  }
}

function toEntry(item: JsonObject, field: 'subject' | 'name', call: string): DirectoryEntry {
  const name = item[field]
  if (typeof name === 'string') return { id: idOf(item, call), name }
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: `has no ${field}` })
}
