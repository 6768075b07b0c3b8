import { isJsonObject, type Json, type JsonObject, objectAt, textAt } from '../json.ts'
import type { Doc, GenericObject } from './doc.ts'

/** The lists of what an app holds, by the definitions that ask for them. */
export function appLists(doc: Doc, object: GenericObject): Readonly<Record<string, AppList>> {
  return {
    qFieldListDef: () => ['qFieldList', fieldItems(doc)],
    qAppObjectListDef: (definition) => ['qAppObjectList', appObjectItems(doc, definition)],
    qChildListDef: (definition) => [
      'qChildList',
      object.childIds.flatMap((id) => listItem(doc, id, objectAt(definition, 'qData'))),
    ],
    qVariableListDef: (definition) => [
      'qVariableList',
      variableItems(doc, objectAt(definition, 'qData')),
    ],
    qBookmarkListDef: (definition) => [
      'qBookmarkList',
      bookmarkItems(doc, objectAt(definition, 'qData')),
    ],
    // An app of the emulator has no master items: these lists are truly empty.
    qDimensionListDef: () => ['qDimensionList', []],
    qMeasureListDef: () => ['qMeasureList', []],
  }
}

/** The name that a list has in the layout, and its items. */
type AppList = (definition: JsonObject) => [name: string, items: readonly JsonObject[]]

function fieldItems(doc: Doc): JsonObject[] {
  return doc.table.fields.map((field) => ({
    qName: field.name,
    qCardinal: field.values.length,
    qTags: field.tags,
    qSrcTables: [doc.table.name],
  }))
}

function appObjectItems(doc: Doc, definition: JsonObject): JsonObject[] {
  const type = textAt(definition, 'qType')
  const data = objectAt(definition, 'qData')
  return [...doc.objects.values()]
    .filter((object) => object.isStored && object.parentId === undefined && object.type === type)
    .flatMap((object) => listItem(doc, object.id, data))
}

/** An object as lists give it: who it is, and what `qData` asks for by paths of its properties. */
export function listItem(doc: Doc, id: string, data: JsonObject): JsonObject[] {
  const object = doc.objects.get(id)
  if (object === undefined) return []
  const { properties } = object
  return [
    {
      qInfo: { qId: object.id, qType: object.type },
      qMeta: {
        id: object.id,
        ...objectAt(properties, 'qMetaDef'),
        privileges: ['read', 'exportdata'],
      },
      qData: dataOf(properties, data),
    },
  ]
}

/** Reads what a list's `qData` asks for; a path that leads nowhere gives nothing. */
function dataOf(properties: JsonObject, data: JsonObject): JsonObject {
  const source = { ...properties, qMeta: objectAt(properties, 'qMetaDef') }
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, path]): [string, Json][] => {
      const value = typeof path === 'string' ? valueAt(source, path) : undefined
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function valueAt(source: JsonObject, path: string): Json | undefined {
  let found: Json | undefined = source
  for (const key of path.split('/').filter((each) => each !== '')) {
    found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}

/** Bookmarks as lists give them. */
export function bookmarkItems(doc: Doc, data: JsonObject): JsonObject[] {
  return [...doc.bookmarks.values()].map(({ properties }) => ({
    qInfo: objectAt(properties, 'qInfo'),
    qMeta: objectAt(properties, 'qMetaDef'),
    qData: dataOf(properties, data),
  }))
}

function variableItems(doc: Doc, data: JsonObject): JsonObject[] {
  return [...doc.variables.values()].map(({ properties, id }) => ({
    qInfo: { qId: id, qType: 'variable' },
    qName: textAt(properties, 'qName'),
    qDefinition: textAt(properties, 'qDefinition'),
    qMeta: objectAt(properties, 'qMetaDef'),
    qData: dataOf(properties, data),
  }))
}
