import type { Administration } from '../../qlik/index.ts'
import type { Kind } from '../kind.ts'
import { ownerOf, withMark, withoutMark } from '../mark.ts'
import { underWantedKey } from './own-object.ts'

/** How plans name a web integration. */
export const webIntegrationKind = 'web integration'

/** Web integrations. That of a setup keeps its ID, which pages name, when its name or origins change. */
export function createWebIntegrationKind(options: {
  administration: Administration
  setupId: string
  wantedKey: string | undefined
}): Kind {
  const { administration, setupId, wantedKey } = options
  return {
    name: webIntegrationKind,
    fixed: {},
    unordered: ['origins'],
    warnings: { delete: 'Pages that name its ID can no longer call Qlik from a browser.' },
    async list() {
      const integrations = await administration.listWebIntegrations()
      const objects = integrations.map(({ id, name, validOrigins }) => ({
        id,
        key: withoutMark(name),
        owner: ownerOf(name, setupId),
        fields: { name: withoutMark(name), origins: validOrigins },
      }))
      return underWantedKey(objects, wantedKey)
    },
    async create({ fields }) {
      await administration.createWebIntegration({
        name: withMark(String(fields.name), setupId),
        validOrigins: fields.origins as readonly string[],
      })
    },
    async update(actual, fields) {
      const { name = actual.fields.name, origins } = fields
      await administration.updateWebIntegration(actual.id, {
        name: withMark(String(name), setupId),
        ...(origins === undefined ? {} : { validOrigins: origins as readonly string[] }),
      })
    },
    remove: ({ id }) => administration.deleteWebIntegration(id),
  }
}
