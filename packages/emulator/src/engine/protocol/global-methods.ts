import { engineError, errorCodes } from '../engine-error.ts'
import { isTrueAt, type JsonObject, textAt } from '../json.ts'
import { createDoc } from '../model/doc.ts'
import { docHandle, type EngineSession, openDocOf } from '../model/session.ts'
import type { MethodTable } from './method.ts'

/** Said wherever a client asks what it is connected to. */
const productVersion = 'jotgate emulator (not Qlik)'

export const globalMethods: MethodTable = {
  'Global.OpenDoc': ({ params, session, surroundings }) => {
    const name = textAt(params, 'qDocName')
    const isWithoutData = isTrueAt(params, 'qNoData')
    const found = surroundings.access.find(name)
    if (found === undefined) {
      throw engineError(errorCodes.appNotFound, `App not found: ${name}`, 'qDocName')
    }
    const { app, table, bookmarks } = found
    if (table === undefined) throw engineError(errorCodes.accessDenied, 'Access denied')
    const { doc } = session
    if (doc !== undefined) {
      const isOther = doc.app.id !== app.id
      const lacksData = doc.isWithoutData && !isWithoutData
      if (isOther || lacksData || surroundings.secondOpenDoc === 'error') {
        const what = isOther ? 'Another app' : 'App'
        const message = `${what} already open${lacksData ? ' without data' : ''}`
        throw engineError(errorCodes.appAlreadyOpen, message, 'qDocName')
      }
    }
    session.doc ??= createDoc(app, table, bookmarks, isWithoutData)
    session.handles.set(docHandle, { kind: 'Doc', id: '' })
    return { qReturn: docReference(session) }
  },
  'Global.GetActiveDoc': ({ session }) => {
    openDocOf(session)
    return { qReturn: docReference(session) }
  },
  'Global.EngineVersion': () => ({ qVersion: { qComponentVersion: productVersion } }),
  'Global.ProductVersion': () => ({ qReturn: productVersion }),
  'Global.QvVersion': () => ({ qReturn: productVersion }),
  'Global.IsDesktopMode': () => ({ qReturn: false }),
  'Global.IsPersonalMode': () => ({ qReturn: false }),
  'Global.GetAuthenticatedUser': ({ session }) => ({ qReturn: session.user.subject }),
  // A request is answered before the next one is read: nothing is ever under way.
  'Global.GetProgress': () => ({
    qProgressData: {
      qStarted: false,
      qFinished: true,
      qCompleted: 0,
      qTotal: 0,
      qKB: 0,
      qMillisecs: 0,
      qUserInteractionWanted: false,
      qPersistentProgress: '',
      qTransientProgress: '',
    },
  }),
  'Global.CancelRequest': () => ({}),
  'Global.AbortRequest': () => ({}),
  'Global.AbortAll': () => ({}),
  'Global.GetDocList': ({ surroundings }) => ({
    qDocList: surroundings.access.list().map((app) => ({
      qDocId: app.id,
      qDocName: app.name,
      qTitle: app.name,
      qLastReloadTime: app.lastReloadTime,
      qReadOnly: true,
      qThumbnail: { qUrl: '' },
      qMeta: {},
    })),
  }),
}

function docReference(session: EngineSession): JsonObject {
  return {
    qType: 'Doc',
    qHandle: docHandle,
    qGenericType: '',
    qGenericId: openDocOf(session).app.id,
  }
}
