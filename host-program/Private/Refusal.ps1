# Refusals: any failure as an error of the protocol. Changes nothing on the server.

function New-Refusal {
    <#
    .SYNOPSIS
        Makes the exception that ends an operation with an error of the protocol.
    .PARAMETER Id
        Id in the table of messages.
    .PARAMETER Expected
        What was expected.
    .PARAMETER Actual
        What was found.
    .PARAMETER Detail
        Fills {0}, {1} ... of sentence and remedy.
    .PARAMETER OperatorCommand
        The command that an administrator runs at the desktop of the server.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Expected,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Actual,
        [string[]] $Detail = @(),
        [AllowNull()] [object] $OperatorCommand = $null
    )
    $entry = $script:Messages[$Id]
    # A long sentence is in parts.
    $message = ($entry.Message -join '') -f $Detail
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $message
    $exception.Data['HostExit'] = $entry.Exit
    $exception.Data['HostError'] = [ordered] @{
        code            = $Id.Split('.')[0]
        message         = $message
        expected        = $Expected
        actual          = $Actual.Trim().TrimEnd('.')
        remedy          = ($entry.Remedy -join '') -f $Detail
        operatorCommand = $OperatorCommand
    }
    return $exception
}

function New-KeyUnavailableRefusal {
    <#
    .SYNOPSIS
        The refusal to do anything about a key of which nothing is proven.
    .PARAMETER Problem
        What the provider said.
    .PARAMETER HResult
        Its HRESULT, null where the text has it already.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Problem,
        [AllowNull()] [object] $HResult = $null
    )
    if ($null -ne $HResult) {
        $Problem = "$Problem ($HResult)"
    }
    return New-Refusal -Id 'KEY_UNAVAILABLE' -Expected 'a key that opens and signs, or proof that it is lost' -Actual $Problem
}

function Read-OptionalFact {
    <#
    .SYNOPSIS
        Reads a fact without which the others still count. If it cannot be read, it is listed with the reason, and unknown.
    .PARAMETER Field
        Its name in the answer.
    .PARAMETER Read
        What reads it.
    .PARAMETER Unreadable
        Where it is listed.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [string] $Field,
        [Parameter(Mandatory = $true)] [scriptblock] $Read,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [Collections.ArrayList] $Unreadable
    )
    try {
        return & $Read
    } catch {
        [void] $Unreadable.Add([ordered] @{ field = $Field; reason = Get-FailureText -Exception $_.Exception })
        return $null
    }
}

function Get-FailureKind {
    <#
    .SYNOPSIS
        The kind of a failure inside Windows: what Windows.ps1 said, or access-denied where an exception's type says so.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner) {
        if ($inner.Data.Contains('CsiKind')) {
            return [string] $inner.Data['CsiKind']
        }
        if ($inner.GetType().Name -match 'UnauthorizedAccess|AccessDenied|SecurityException') {
            return 'access-denied'
        }
        $inner = $inner.InnerException
    }
    return 'failed'
}

function Get-FailureText {
    <#
    .SYNOPSIS
        What happened, in the words of the exception that Windows.ps1 made, else of the one at the bottom of the chain, with
        its HRESULT: the text is translated, and what is around it says only which method was called.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner.InnerException -and -not $inner.Data.Contains('CsiKind')) {
        $inner = $inner.InnerException
    }
    $text = $inner.Message.Trim().TrimEnd('.')
    $code = '0x{0:X8}' -f $inner.HResult
    if ($inner.Data.Contains('CsiKind') -or $inner.Data.Contains('HostError') -or $text.Contains($code)) {
        return $text
    }
    return "$text ($code)"
}

function ConvertTo-Refusal {
    <#
    .SYNOPSIS
        Any failure as an error of the protocol.
    .PARAMETER Exception
        What was thrown.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    if ($Exception.Data.Contains('HostError')) {
        return $Exception
    }
    $expected = 'the step to succeed'
    $actual = Get-FailureText -Exception $Exception
    switch (Get-FailureKind -Exception $Exception) {
        'access-denied' {
            return New-Refusal -Id 'NOT_ADMINISTRATOR' -Expected 'a local administrator with rights in Entra Connect Sync' `
                -Actual $actual
        }
        'foreign-folder' {
            return New-Refusal -Id 'DATA_FOLDER_FOREIGN' -Expected 'a folder of administrators or SYSTEM' -Actual $actual
        }
        'key' {
            return New-KeyUnavailableRefusal -Problem $actual -HResult $Exception.Data['CsiHResult']
        }
        'disk-full' {
            return New-Refusal -Id 'UNEXPECTED.disk' -Expected $expected -Actual $actual
        }
    }
    return New-Refusal -Id 'UNEXPECTED' -Expected $expected -Actual $actual -Detail (Get-CsiHost).computerName
}
