extension BuiltinTypes {
    static let storageTypes = """
        PersistentVolume: apiVersion string, kind string, metadata ObjectMeta, spec PersistentVolumeSpec, status PersistentVolumeStatus
        PersistentVolumeSpec: capacity map:quantity, accessModes []string, claimRef ObjectReference?,
            persistentVolumeReclaimPolicy string, storageClassName string, mountOptions []string, volumeMode string?,
            nodeAffinity VolumeNodeAffinity?, volumeAttributesClassName string?, hostPath HostPathVolumeSource?,
            local LocalVolumeSource?, nfs NFSVolumeSource?, csi any?, gcePersistentDisk any?, awsElasticBlockStore any?, glusterfs any?,
            rbd any?, iscsi any?, cinder any?, cephfs any?, fc any?, flocker any?, flexVolume any?, azureFile any?, vsphereVolume any?,
            quobyte any?, azureDisk any?, photonPersistentDisk any?, portworxVolume any?, scaleIO any?, storageos any?
        LocalVolumeSource: path string="", fsType string?
        VolumeNodeAffinity: required NodeSelector!?
        PersistentVolumeStatus: phase string, message string, reason string, lastPhaseTransitionTime time?
        PersistentVolumeClaim: apiVersion string, kind string, metadata ObjectMeta, spec PersistentVolumeClaimSpec,
            status PersistentVolumeClaimStatus
        PersistentVolumeClaimSpec: accessModes []string, selector LabelSelector!?, resources VolumeResourceRequirements,
            volumeName string, storageClassName string?, volumeMode string?, dataSource any?, dataSourceRef any?,
            volumeAttributesClassName string?
        VolumeResourceRequirements: limits map:quantity, requests map:quantity
        PersistentVolumeClaimStatus: phase string, accessModes []string, capacity map:quantity,
            conditions []PersistentVolumeClaimCondition(type), allocatedResources map:quantity, allocatedResourceStatuses map:string!,
            currentVolumeAttributesClassName string?, modifyVolumeStatus any?
        PersistentVolumeClaimCondition: type string="", status string="", lastProbeTime time=null, lastTransitionTime time=null,
            reason string, message string
        """
}
