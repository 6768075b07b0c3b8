import { type Administration, type CspDirective, cspDirectives } from '../../qlik/index.ts'
import type { Fields, Kind } from '../kind.ts'
import { ownerOf, withMark, withoutMark } from '../mark.ts'

/** How plans name an entry of the Content Security Policy. */
export const cspOriginKind = 'CSP entry'

/** By what one is found again: Qlik keeps no scheme. */
export const keyOfCspOrigin = (origin: string) => origin.replace(/^[a-z]+:\/\//i, '').toLowerCase()

/** Entries of the Content Security Policy; each directive is a field. */
export function createCspOriginKind(options: {
  administration: Administration
  setupId: string
}): Kind {
  const { administration, setupId } = options
  return {
    name: cspOriginKind,
    fixed: {},
    unordered: [],
    warnings: { delete: 'Pages of this origin can no longer show Qlik in a frame.' },
    async list() {
      const entries = await administration.listCspOrigins()
      return entries.map(({ id, name, origin, directives, description }) => ({
        id,
        key: keyOfCspOrigin(origin),
        owner: ownerOf(name, setupId),
        fields: {
          name: withoutMark(name),
          ...Object.fromEntries(cspDirectives.map((one) => [one, directives.includes(one)])),
          ...(description === undefined ? {} : { description }),
        },
      }))
    },
    async create({ key, fields }) {
      await administration.createCspOrigin({
        name: withMark(String(fields.name), setupId),
        origin: key,
        directives: directivesOf(fields),
      })
    },
    async update(actual, changed) {
      const fields = { ...actual.fields, ...changed }
      const { description } = fields
      await administration.updateCspOrigin(actual.id, {
        name: withMark(String(fields.name), setupId),
        origin: actual.key,
        directives: directivesOf(fields),
        ...(typeof description === 'string' ? { description } : {}),
      })
    },
    remove: ({ id }) => administration.deleteCspOrigin(id),
  }
}

const directivesOf = (fields: Fields): CspDirective[] =>
  cspDirectives.filter((one) => fields[one] === true)
