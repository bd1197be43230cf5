extension ObjectMeta: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(subject: name)
        writer.add(text: generateName)
        writer.add(word: namespace)
        writer.add(text: uid)
        writer.add(text: resourceVersion)
        writer.add(generation) { $0.add(Int($1)) }
        writer.add(creationTimestamp)
        writer.add(deletionTimestamp)
        writer.add(deletionGracePeriodSeconds) { $0.add(Int($1)) }
        writer.add(labels) { $0.add(labels: $1) }
        writer.add(annotations) { $0.add(table: $1) }
        writer.add(finalizers) { $0.add(each: $1) { $0.add(word: $1) } }
        writer.add(ownerReferences) { $0.add(each: $1) { $1.pack(into: &$0) } }
        writer.add(managedFields) { $0.add(each: $1) { $1.pack(into: &$0) } }
    }

    package init(unpacking reader: inout PackReader) {
        self.init()
        name = reader.subject()
        generateName = reader.text()
        namespace = reader.text()
        uid = reader.text()
        resourceVersion = reader.text()
        generation = reader.optional { Int64($0.integer()) }
        creationTimestamp = reader.time()
        deletionTimestamp = reader.time()
        deletionGracePeriodSeconds = reader.optional { Int64($0.integer()) }
        labels = reader.optional { $0.labels() }
        annotations = reader.optional { $0.table() }
        finalizers = reader.optional { $0.array { $0.string() } }
        ownerReferences = reader.optional { $0.array { OwnerReference(unpacking: &$0) } }
        managedFields = reader.optional { $0.array { ManagedFieldsEntry(unpacking: &$0) } }
    }
}

extension OwnerReference: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(word: apiVersion)
        writer.add(word: kind)
        writer.add(text: name)
        writer.add(text: uid)
        writer.add(controller) { $0.add($1) }
        writer.add(blockOwnerDeletion) { $0.add($1) }
    }

    package init(unpacking reader: inout PackReader) {
        self.init(apiVersion: reader.string(), kind: reader.string(), name: reader.string(), uid: reader.string())
        controller = reader.optional { $0.flag() }
        blockOwnerDeletion = reader.optional { $0.flag() }
    }
}

extension ManagedFieldsEntry: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(word: manager)
        writer.add(word: operation)
        writer.add(word: apiVersion)
        writer.add(time)
        writer.add(word: subresource)
    }

    package init(unpacking reader: inout PackReader) {
        self.init(
            manager: reader.text(), operation: reader.text(), apiVersion: reader.text(), time: reader.time(), subresource: reader.text())
    }
}
