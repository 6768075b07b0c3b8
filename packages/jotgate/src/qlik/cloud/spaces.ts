import type { JsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { idSegment } from '../id-segment.ts'
import { type AdminCalls, idOf } from './admin-calls.ts'

/** A space of a tenant. */
export interface Space {
  readonly id: string
  readonly name: string
  /** `shared`, `managed` or `data`. */
  readonly type: string
  readonly description: string
}

/** Who has which roles in a space. */
export interface SpaceAssignment {
  readonly id: string
  /** `user`, `group` or `bot`. */
  readonly type: string
  readonly assigneeId: string
  readonly roles: readonly string[]
}

/** Calls on spaces and on the roles in them. */
export interface SpaceCalls {
  listSpaces(): Promise<Space[]>
  createSpace(options: { name: string; type: string; description?: string }): Promise<Space>
  updateSpace(id: string, change: { description: string }): Promise<void>
  deleteSpace(id: string): Promise<void>
  /** Whether apps and other items are in it. */
  hasItems(spaceId: string): Promise<boolean>
  listSpaceAssignments(spaceId: string): Promise<SpaceAssignment[]>
  createSpaceAssignment(
    spaceId: string,
    assignment: Omit<SpaceAssignment, 'id'>,
  ): Promise<SpaceAssignment>
  updateSpaceAssignment(spaceId: string, id: string, roles: readonly string[]): Promise<void>
  deleteSpaceAssignment(spaceId: string, id: string): Promise<void>
}

const path = '/api/v1/spaces'

export function createSpaces(calls: AdminCalls): SpaceCalls {
  const assignments = (spaceId: string) => `${path}/${idSegment(spaceId)}/assignments`
  return {
    async listSpaces() {
      return (await calls.list(`${path}?limit=100`)).map((item) => parseSpace(item, 'GET'))
    },
    async createSpace({ name, type, description = '' }) {
      return parseSpace(await calls.send('POST', path, { name, type, description }), 'POST')
    },
    async updateSpace(id, { description }) {
      const patch = [{ op: 'replace', path: '/description', value: description }]
      await calls.send('PATCH', `${path}/${idSegment(id)}`, patch)
    },
    async deleteSpace(id) {
      await calls.send('DELETE', `${path}/${idSegment(id)}`)
    },
    async hasItems(spaceId) {
      const page = await calls.send('GET', `/api/v1/items?limit=1&spaceId=${idSegment(spaceId)}`)
      if (Array.isArray(page.data)) return page.data.length > 0
      throw qlikErrors.ERR_QLIK_ANSWER({ call: 'GET /api/v1/items', problem: 'is not a list' })
    },
    async listSpaceAssignments(spaceId) {
      const items = await calls.list(`${assignments(spaceId)}?limit=100`)
      return items.map((item) => parseAssignment(item, 'GET'))
    },
    async createSpaceAssignment(spaceId, { type, assigneeId, roles }) {
      const body = { type, assigneeId, roles }
      return parseAssignment(await calls.send('POST', assignments(spaceId), body), 'POST')
    },
    async updateSpaceAssignment(spaceId, id, roles) {
      await calls.send('PUT', `${assignments(spaceId)}/${idSegment(id)}`, { roles })
    },
    async deleteSpaceAssignment(spaceId, id) {
      await calls.send('DELETE', `${assignments(spaceId)}/${idSegment(id)}`)
    },
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

function parseSpace(item: JsonObject, method: string): Space {
  const { name, type, description } = item
  return {
    id: idOf(item, `${method} ${path}`),
    name: textOf(name),
    type: textOf(type),
    description: textOf(description),
  }
}

function parseAssignment(item: JsonObject, method: string): SpaceAssignment {
  const { type, assigneeId, roles } = item
  return {
    id: idOf(item, `${method} ${path}/{id}/assignments`),
    type: textOf(type),
    assigneeId: textOf(assigneeId),
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  }
}
