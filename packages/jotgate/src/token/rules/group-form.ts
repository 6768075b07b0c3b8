const guid = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i

/** What a group's name looks like where it is hardly a name; undefined for one that may be. */
function problemOf(name: string): string | undefined {
  if (guid.test(name)) return 'is a GUID'
  if (/^S-1(-\d+)+$/i.test(name)) return 'is a security identifier (SID) of Windows'
  if (/^(CN|OU|DC|UID)=/i.test(name)) return 'is a distinguished name of a directory'
  if (name.startsWith('/')) return 'is a path: it begins with a slash'
  if (/\S[,;|]\s*\S/.test(name)) return 'looks like several names in one string'
  if (name.trim() !== name) return 'has white space around it'
  return undefined
}

/** Says what the first such name looks like. Names themselves are not shown. */
export function explainGroupForm(groups: unknown): string | undefined {
  for (const group of [groups].flat()) {
    const problem = typeof group === 'string' && group.trim() !== '' ? problemOf(group) : undefined
    if (problem !== undefined) return `One ${problem}.`
  }
  return undefined
}

/** What the rules for both products say. */
export const groupFormWords = {
  effect: 'advice',
  certainty: 'inferred',
  title: 'A group’s name looks like an ID, a path or a list',
  hint: 'Send each group as a string of its own, by the name that Qlik’s rules and spaces use. Entra sends object IDs unless the groups claim is set to names; Keycloak sends paths unless "Full group path" is off.',
  source:
    'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: "An array of group names"; the documentation of Entra and Keycloak',
} as const
