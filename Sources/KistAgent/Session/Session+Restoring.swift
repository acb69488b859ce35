internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault

/// A restored vault that is being built beside the vault's place.
final class Restoring {
    let client: UInt64
    let place: RestorePlace
    let store: any RecordStore

    init(client: UInt64, place: RestorePlace, store: any RecordStore) {
        self.client = client
        self.place = place
        self.store = store
    }

    /// Takes away what was built.
    func abandon() {
        store.close()
        place.clean()
    }
}

extension Session {
    /// Whether there is a vault that a restored one would displace.
    var isPlaceTaken: Bool { RestorePlace(vault: path).isTaken }

    /// - Throws: `vaultExists`, unless the vault that is there may be moved aside.
    func checkPlace(replacing: Bool) throws(AgentFailure) {
        guard replacing || !isPlaceTaken else { throw Failures.vaultExists }
        guard restoring == nil else { throw AgentFailure(.notAllowed, "another backup is being restored") }
    }

    /// Makes an empty store to build a vault in.
    ///
    /// - Precondition: the lock is held.
    func beginRestoring(by client: UInt64, replacing: Bool) throws(AgentFailure) -> Restoring {
        try checkPlace(replacing: replacing)
        guard hasLock else { throw Failures.holder(nil) }
        let place = RestorePlace(vault: path)
        place.clean()
        do {
            let made = Restoring(client: client, place: place, store: try stores.create(place.building))
            restoring = made
            return made
        } catch {
            place.clean()
            throw Failures.of(error)
        }
    }

    /// Ends a restore that has come to no good end.
    func endRestoring() {
        restoring?.abandon()
        restoring = nil
        closeIfUnused()
    }

    /// Puts what was built in the vault's place. A vault that was open is locked.
    ///
    /// - Returns: the name of the vault that was there.
    func placeRestored(_ anchor: [UInt8], now: Timestamp) throws(AgentFailure) -> String? {
        guard let restoring else { throw Failures.locked }
        defer { endRestoring() }
        restoring.store.close()
        closeVault()
        // A journal of the old vault belongs to that file alone: it is played back while both have their names.
        if let old = try? stores.open(path) { old.close() }
        do throws(PosixError) {
            try (anchors as? FileAnchorStore)?.announce(anchor, of: restoring.place.building)
            let aside = try restoring.place.take(at: now)
            // It may fail: what was announced counts then.
            try? anchors.save(anchor)
            return aside
        } catch { throw Failures.of(errno: error.code, "\(error)") }
    }
}
