# One run: what it has done so far, the operation under its lock, the answer and the exit code.

# What the operation has done so far: a failure reports it too.
$script:Changed = $false
$script:Server = ''
# What the request carries to be repeated in the answer's markers; requests of Pulumi's plugin have none.
$script:Nonce = ''

function Invoke-Operation {
    <#
    .SYNOPSIS
        Runs one operation, those that change something under the host's lock.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $body = Read-Request -Text $Request
    Assert-Caller
    if ($Operation -eq 'observe') {
        return Invoke-Observe -RequestBody $body
    }
    if ($Operation -eq 'diagnose') {
        return Invoke-Diagnose -RequestBody $body
    }
    $lock = Enter-CsiLock -Operation $Operation
    if ($lock.foreign) {
        throw (New-Refusal -Id 'BUSY.foreign' -Expected 'a lock of administrators or SYSTEM' -Actual $lock.holder)
    }
    if (-not $lock.acquired) {
        $holder = 'a holder that does not show'
        if ($null -ne $lock.holder) {
            $holder = $lock.holder
        }
        throw (New-Refusal -Id 'BUSY' -Expected 'no other operation' -Actual $holder)
    }
    try {
        switch ($Operation) {
            'ensure-certificate' { return Invoke-EnsureCertificate -RequestBody $body }
            'remove-certificate' { return Invoke-RemoveCertificate -RequestBody $body }
            'release' { return Invoke-Release -RequestBody $body }
            'register' { return Invoke-Register -RequestBody $body }
            'rollback' { return Invoke-Rollback -RequestBody $body }
            'remove-legacy-account' { return Invoke-RemoveLegacyAccount -RequestBody $body }
            'reset-machine-identifier' { return Invoke-ResetMachineIdentifier -RequestBody $body }
        }
    } finally {
        Exit-CsiLock
    }
}

function Invoke-Program {
    <#
    .SYNOPSIS
        Runs the operation, prints its answer and answers the exit code.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $answer = [ordered] @{
        protocol = $script:ProtocolVersion; operation = $Operation; server = ''; ok = $true; changed = $false; result = $null; error = $null
    }
    $exitCode = 0
    if ($Request -cmatch '"nonce":\s*"([0-9a-f]{32})"') {
        $script:Nonce = $Matches[1]
    }
    try {
        Assert-Program
        $answer.result = Invoke-Operation
    } catch {
        $refusal = ConvertTo-Refusal -Exception $_.Exception
        $answer.ok = $false
        $answer.error = $refusal.Data['HostError']
        foreach ($name in 'message', 'expected', 'actual', 'remedy') {
            $answer.error[$name] = Hide-Credential -Text $answer.error[$name]
        }
        $exitCode = $refusal.Data['HostExit']
    }
    $answer.server = $script:Server
    $answer.changed = $script:Changed
    Write-AnswerChange -Answer $answer
    if ($answer.ok -or $Full) {
        Write-Answer -Answer $answer
    }
    # Last, as it is what a person looks for at the end of what Pulumi prints of a failed command.
    if (-not $answer.ok) {
        $text = $answer.error
        $found = $text.actual
        if ($found.Length -gt $script:SentenceLimit) {
            $found = $found.Substring(0, $script:SentenceLimit) + '...'
        }
        Write-ErrorLine -Text "$($answer.server): $($text.code): $($text.message) Expected $($text.expected); found $found. $($text.remedy)"
    }
    return $exitCode
}
