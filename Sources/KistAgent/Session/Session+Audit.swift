internal import KistModel
internal import KistVault
internal import SecretMemory

/// The log of the open vault. It is opened with the vault and closed before its keys go.
extension Session {
    /// Opens the log when it is not; what fails is tried again with the next entry.
    ///
    /// - Parameter code: the recovery code as text when the vault was just made, else empty.
    func openAudit(code: borrowing SecretBytes) {
        guard let vault, vault.isUnlocked else { return }
        if let audit, !vault.owns(audit) {
            audit.close()
            self.audit = nil
        }
        do throws(AuditStoreError) {
            if audit == nil {
                audit = try vault.openAudit(
                    in: SpoolFiles(vault: path), seen: auditSeen, limits: limits.audit, newCode: code,
                    now: clock.now())
            }
            auditFailure = nil
        } catch { auditFailure = error }
    }

    /// Writes an entry down.
    ///
    /// - Throws: when it could not be written and has to be.
    func record(_ entry: AuditEntry, _ demand: AuditLog.Demand) throws(AuditStoreError) {
        if audit == nil { openAudit(code: SecretBytes(count: 0) { _ in }) }
        guard let audit else {
            guard demand == .ifPossible else { throw auditFailure ?? AuditStoreError(code: 0) }
            return
        }
        do throws(AuditStoreError) {
            // What could not be made durable in its time has to be before anything else goes out.
            if auditFailure != nil, demand != .ifPossible { try audit.sync() }
            try audit.append(entry, demand)
            auditFailure = nil
        } catch {
            auditFailure = error
            throw error
        }
        if audit.isDirty, auditDue == nil { auditDue = clock.nanoseconds() + limits.auditSync }
    }

    /// Begins a line of the log that the new recovery code proves.
    ///
    /// - Parameter code: as shown.
    func renewAudit(code: borrowing SecretBytes, who: AuditEntry.Who) {
        do throws(AuditStoreError) { try audit?.renew(code: code, who: who, now: clock.now()) } catch {
            auditFailure = error
        }
    }

    /// Makes entries durable that wait for it, and looks whether the log is still there. Called by the timer.
    func tendAudit() {
        guard let audit, let due = auditDue, clock.nanoseconds() >= due else { return }
        auditDue = nil
        do throws(AuditStoreError) {
            try audit.check(now: clock.now())
            try audit.sync()
            auditFailure = nil
        } catch { auditFailure = error }
    }

    func closeAudit(_ last: AuditEntry?) {
        if let last { try? audit?.append(last, .ifPossible) }
        audit?.close()
        audit = nil
        auditDue = nil
    }
}
