# Failures of Windows as exceptions with a kind. Changes nothing on the server.

function New-CsiException {
    <#
    .SYNOPSIS
        Makes an exception that carries the kind of failure.
    .PARAMETER Kind
        not-found, access-denied, disk-full, key, broken-record, foreign-folder or failed.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)]
        [ValidateSet('not-found', 'access-denied', 'disk-full', 'key', 'broken-record', 'foreign-folder', 'failed')]
        [string] $Kind,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    $exception.Data['CsiKind'] = $Kind
    return $exception
}

function Get-CsiInnermostException {
    <#
    .SYNOPSIS
        The exception at the bottom of a chain: the one that says what happened.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner.InnerException) {
        $inner = $inner.InnerException
    }
    return $inner
}

function Get-CsiInnermostMessage {
    <#
    .SYNOPSIS
        The message of the exception at the bottom of a chain.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    return (Get-CsiInnermostException -Exception $Exception).Message
}

function Get-CsiHResult {
    <#
    .SYNOPSIS
        The HRESULT at the bottom of a chain of exceptions, as 0x and eight digits.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    return '0x{0:X8}' -f (Get-CsiInnermostException -Exception $Exception).HResult
}

function New-CsiKeyException {
    <#
    .SYNOPSIS
        Makes the exception of a key that a provider refuses to make, open, use or delete: with the provider's HRESULT,
        as only that says whether the key is lost. A full disk stays a full disk.
    .PARAMETER Exception
        What was thrown.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [Exception] $Exception,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $code = Get-CsiHResult -Exception $Exception
    $kind = 'key'
    # ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL
    if (@('0x80070027', '0x80070070') -contains $code) {
        $kind = 'disk-full'
    }
    $failure = New-CsiException -Kind $kind -Message "${Message}: $(Get-CsiInnermostMessage -Exception $Exception)"
    $failure.Data['CsiHResult'] = $code
    return $failure
}

function Get-CsiFailureText {
    <#
    .SYNOPSIS
        What happened, in the words of the exception at the bottom of a chain, with its HRESULT: the text is translated, and
        what is around it says only which method was called.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = Get-CsiInnermostException -Exception $Exception
    $text = $inner.Message.Trim().TrimEnd('.')
    $code = Get-CsiHResult -Exception $inner
    if ($inner.Data.Contains('CsiKind') -or $text.Contains($code)) {
        return $text
    }
    return "$text ($code)"
}

function New-CsiFileException {
    <#
    .SYNOPSIS
        Makes the exception of a file that cannot be read, written, moved or removed. A file that may not be touched is no
        proof that the caller is no administrator.
    .PARAMETER Exception
        What was thrown.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [Exception] $Exception,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $kind = 'failed'
    # ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL
    if (@('0x80070027', '0x80070070') -contains (Get-CsiHResult -Exception $Exception)) {
        $kind = 'disk-full'
    }
    return New-CsiException -Kind $kind -Message "${Message}: $(Get-CsiFailureText -Exception $Exception)"
}
