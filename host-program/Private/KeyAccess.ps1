# Access rules of a key file: may set them to SYSTEM, Administrators and the service's account.

function Test-ExactAccess {
    <#
    .SYNOPSIS
        Whether the access rules are just these: the service account may read, SYSTEM and administrators are there,
        no one else, nothing denied.
    .PARAMETER Acl
        The rules, null where they cannot be read.
    .PARAMETER ServiceSid
        SID of the service account.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [object] $Acl,
        [Parameter(Mandatory = $true)] [string] $ServiceSid
    )
    if ($null -eq $Acl) {
        return $false
    }
    $expected = @($ServiceSid, 'S-1-5-18', 'S-1-5-32-544')
    foreach ($rule in $Acl) {
        if (-not $rule.allow -or $expected -notcontains $rule.sid) {
            return $false
        }
    }
    foreach ($sid in $expected) {
        $rules = @($Acl | Where-Object { $_.sid -eq $sid -and $_.rights -match '\b(Read|ReadAndExecute|Modify|FullControl)\b' })
        if ($rules.Count -eq 0) {
            return $false
        }
    }
    return $true
}

function Set-ExactAccess {
    <#
    .SYNOPSIS
        Lets the service account, SYSTEM and administrators use a key and no one else, and reads the rules back.
        Answers whether anything had to be set.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $expected = "$($Service.account), SYSTEM and Administrators only"
    $opened = Get-CsiKey -CertificateHash $CertificateHash
    if ($null -eq $opened.key -or $null -eq $opened.key.keyFile) {
        $actual = 'a key without a file'
        if ($null -ne $opened.problem) {
            $actual = $opened.problem
        }
        throw (New-Refusal -Id 'KEY_ACL_NOT_SET' -Expected $expected -Actual $actual)
    }
    $file = $opened.key.keyFile
    if (Test-ExactAccess -Acl (Get-CsiKeyAccess -KeyFile $file) -ServiceSid $Service.accountSid) {
        return $false
    }
    Set-CsiKeyAccess -KeyFile $file -ReaderSids $Service.accountSid
    $acl = Get-CsiKeyAccess -KeyFile $file
    if (-not (Test-ExactAccess -Acl $acl -ServiceSid $Service.accountSid)) {
        $actual = 'an access list that cannot be read'
        if ($null -ne $acl) {
            $actual = @($acl | ForEach-Object { "$($_.account): $($_.rights)" }) -join ', '
        }
        throw (New-Refusal -Id 'KEY_ACL_NOT_SET' -Expected $expected -Actual $actual)
    }
    return $true
}
