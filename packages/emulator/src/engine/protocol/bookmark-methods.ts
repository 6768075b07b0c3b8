import { engineError, errorCodes } from '../engine-error.ts'
import { arrayAt, type JsonObject, objectAt, textAt } from '../json.ts'
import { bookmarkItems } from '../model/app-lists.ts'
import { type Bookmark, bookmarkLayout, bookmarkState, takeBookmark } from '../model/bookmark.ts'
import { refuseTooMany } from '../model/doc.ts'
import { type EngineSession, handleOf, openDocOf } from '../model/session.ts'
import type { Call, MethodTable } from './method.ts'
import { nothing } from './reference.ts'
import { applySelection } from './select.ts'

/** Bookmarks: a user's own, kept as long as the emulator runs. */
export const bookmarkMethods: MethodTable = {
  'Doc.CreateBookmark': createBookmark,
  // The newer form can keep soft patches of objects too.
  'Doc.CreateBookmarkEx': (call) => {
    if (arrayAt(call.params, 'qObjectIdsToPatch').length > 0) {
      const message = 'not supported by the jotgate emulator: qObjectIdsToPatch'
      throw engineError(errorCodes.notImplemented, message, 'qObjectIdsToPatch')
    }
    return createBookmark(call)
  },
  'Doc.GetBookmark': ({ params, session }) => ({
    qReturn: reference(session, openDocOf(session).bookmarks.get(textAt(params, 'qId'))),
  }),
  'Doc.GetBookmarks': ({ params, session }) => {
    const data = objectAt(objectAt(params, 'qOptions'), 'qData')
    return { qList: bookmarkItems(openDocOf(session), data) }
  },
  'Doc.ApplyBookmark': (call) => ({
    qSuccess: apply(call, openDocOf(call.session).bookmarks.get(textAt(call.params, 'qId'))),
  }),
  'Doc.DestroyBookmark': (call) => {
    const id = textAt(call.params, 'qId')
    if (!openDocOf(call.session).bookmarks.delete(id)) return { qSuccess: false }
    const handle = handleOf(call.session, { kind: 'GenericBookmark', id })
    call.session.handles.delete(handle)
    call.closed(handle)
    return { qSuccess: true }
  },
  'GenericBookmark.Apply': (call) => ({ qSuccess: apply(call, bookmarkOf(call)) }),
  'GenericBookmark.GetInfo': (call) => ({ qInfo: objectAt(bookmarkOf(call).properties, 'qInfo') }),
  'GenericBookmark.GetProperties': (call) => ({ qProp: bookmarkOf(call).properties }),
  'GenericBookmark.GetLayout': (call) => ({ qLayout: bookmarkLayout(bookmarkOf(call)) }),
  'GenericBookmark.SetProperties': (call) => {
    const bookmark = bookmarkOf(call)
    const qInfo = objectAt(bookmark.properties, 'qInfo')
    bookmark.properties = { ...objectAt(call.params, 'qProp'), qInfo }
    call.changed(handleOf(call.session, call.target))
    return {}
  },
}

function freeId(session: EngineSession): string {
  for (let number = openDocOf(session).bookmarks.size + 1; ; number += 1) {
    const id = `bookmark-${number}`
    if (!openDocOf(session).bookmarks.has(id)) return id
  }
}

function reference(session: EngineSession, bookmark: Bookmark | undefined): JsonObject {
  if (bookmark === undefined) return nothing
  return {
    qType: 'GenericBookmark',
    qHandle: handleOf(session, { kind: 'GenericBookmark', id: bookmark.id }),
    qGenericType: 'bookmark',
    qGenericId: bookmark.id,
  }
}

function bookmarkOf({ session, target }: Call): Bookmark {
  const bookmark = openDocOf(session).bookmarks.get(target.id)
  if (bookmark === undefined) throw engineError(errorCodes.notFound, 'there is no such bookmark')
  return bookmark
}

function apply(call: Call, bookmark: Bookmark | undefined): boolean {
  if (bookmark === undefined) return false
  return applySelection(call, (doc) => bookmarkState(doc, bookmark))
}

function createBookmark({ params, session }: Call): JsonObject {
  refuseTooMany(openDocOf(session))
  const given = objectAt(params, 'qProp')
  const id = textAt(objectAt(given, 'qInfo'), 'qId') || freeId(session)
  if (openDocOf(session).bookmarks.has(id)) {
    const message = `there is a bookmark "${id}" already`
    throw engineError(errorCodes.alreadyExists, message, 'qProp')
  }
  const bookmark = takeBookmark(openDocOf(session), id, given)
  openDocOf(session).bookmarks.set(id, bookmark)
  return {
    qInfo: objectAt(bookmark.properties, 'qInfo'),
    qReturn: reference(session, bookmark),
  }
}
